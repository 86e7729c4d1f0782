// The next groups after $id, by id.
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  MATCH (a:Group) USING INDEX SEEK a:Group(id)
  WHERE a.id > $id
  WITH a ORDER BY a.id LIMIT $first
  RETURN collect([
    a.id, a.slug, a.by_approval, a.active, a.pull, a.pull_chat_line, a.pull_mention, a.pull_reaction,
    a.group_key
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
