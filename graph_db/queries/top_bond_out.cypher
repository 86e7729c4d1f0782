// The strongest BOND edges that begin in each id, below ($last_key, $last_id). Two seeks: ties are not read twice.
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  UNWIND $ids AS id
  CALL (id) {
    CALL (id) {
      MATCH ()-[e:BOND]->() USING INDEX SEEK e:BOND(source, rank_key, target)
      WHERE e.source = id AND e.rank_key = $last_key AND e.target < $last_id AND NOT e.target IN $hidden
      RETURN e, e.rank_key AS rank_key, e.target AS target
      ORDER BY e.source DESC, e.rank_key DESC, e.target DESC LIMIT $first
      UNION ALL
      MATCH ()-[e:BOND]->() USING INDEX SEEK e:BOND(source, rank_key, target)
      WHERE e.source = id AND e.rank_key < $last_key AND e.target IS NOT NULL AND NOT e.target IN $hidden
      RETURN e, e.rank_key AS rank_key, e.target AS target
      ORDER BY e.source DESC, e.rank_key DESC, e.target DESC LIMIT $first
    }
    RETURN e, rank_key, target ORDER BY rank_key DESC, target DESC LIMIT $first
  }
  RETURN collect([
    id, target, e.since_us, e.day, e.weight, e.recent, e.attention, e.expression, e.commitment,
    e.trade_interest, e.pull, rank_key, e.law
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
