// What the ranked memberships of these groups add.
UNWIND $ids AS id
MATCH ()-[e:MEMBER_OF]->() USING INDEX SEEK e:MEMBER_OF(target, rank_key, source)
WHERE e.target = id AND e.rank_key IS NOT NULL AND e.source IS NOT NULL
RETURN collect([e.target, e.pull, e.chat_line, e.mention, e.reaction]) AS rows
