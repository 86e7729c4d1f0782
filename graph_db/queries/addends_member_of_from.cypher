// What the ranked memberships of these members add, and to which groups. A member has few, ranked or not.
UNWIND $ids AS id
MATCH ()-[e:MEMBER_OF]->() USING INDEX SEEK e:MEMBER_OF(source, since_us, target)
WHERE e.source = id AND e.since_us IS NOT NULL AND e.target IS NOT NULL
WITH e WHERE e.rank_key IS NOT NULL
RETURN collect([e.target, e.pull, e.chat_line, e.mention, e.reaction]) AS rows
