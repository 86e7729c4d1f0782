// The groups with the greatest sum of memberships, below ($last_key, $last_id). Two seeks: ties are not read twice.
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  CALL () {
    MATCH (a:Group) USING INDEX SEEK a:Group(group_key, id)
    WHERE a.group_key = $last_key AND a.id < $last_id AND NOT a.id IN $hidden
    RETURN a, a.group_key AS group_key, a.id AS id ORDER BY a.group_key DESC, a.id DESC LIMIT $first
    UNION ALL
    MATCH (a:Group) USING INDEX SEEK a:Group(group_key, id)
    WHERE a.group_key < $last_key AND a.id IS NOT NULL AND NOT a.id IN $hidden
    RETURN a, a.group_key AS group_key, a.id AS id ORDER BY a.group_key DESC, a.id DESC LIMIT $first
  }
  WITH a, group_key, id ORDER BY group_key DESC, id DESC LIMIT $first
  RETURN collect([
    id, a.slug, a.by_approval, a.active, a.pull, a.pull_chat_line, a.pull_mention, a.pull_reaction, group_key
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
