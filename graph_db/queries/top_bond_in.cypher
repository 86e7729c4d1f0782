// The strongest BOND edges that end in each id, below ($last_key, $last_id). Two seeks: ties are not read twice.
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  UNWIND $ids AS id
  CALL (id) {
    CALL (id) {
      MATCH ()-[e:BOND]->() USING INDEX SEEK e:BOND(target, rank_key, source)
      WHERE e.target = id AND e.rank_key = $last_key AND e.source < $last_id AND NOT e.source IN $hidden
      RETURN e, e.rank_key AS rank_key, e.source AS source
      ORDER BY e.target DESC, e.rank_key DESC, e.source DESC LIMIT $first
      UNION ALL
      MATCH ()-[e:BOND]->() USING INDEX SEEK e:BOND(target, rank_key, source)
      WHERE e.target = id AND e.rank_key < $last_key AND e.source IS NOT NULL AND NOT e.source IN $hidden
      RETURN e, e.rank_key AS rank_key, e.source AS source
      ORDER BY e.target DESC, e.rank_key DESC, e.source DESC LIMIT $first
    }
    RETURN e, rank_key, source ORDER BY rank_key DESC, source DESC LIMIT $first
  }
  RETURN collect([
    source, id, e.since_us, e.day, e.weight, e.recent, e.attention, e.expression, e.commitment,
    e.trade_interest, e.pull, rank_key, e.law
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
