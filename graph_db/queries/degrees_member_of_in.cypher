// The count comes from the node's degree store; a label at the far end would make it read every edge.
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  UNWIND $ids AS id
  MATCH (a:Group {id: id})
  RETURN collect([id, count{(a)<-[:MEMBER_OF]-()}]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
