// For each pair: are both ends there, is there an edge, and what does it add to the sums?
UNWIND $pairs AS pair
WITH pair[0] AS source, pair[1] AS target
OPTIONAL MATCH (a:Account {id: source})
OPTIONAL MATCH (b:Group {id: target})
OPTIONAL MATCH ()-[e:MEMBER_OF {target: target, source: source}]->() USING INDEX SEEK e:MEMBER_OF(target, source)
RETURN collect([
  source, target, a IS NOT NULL AND b IS NOT NULL, e IS NOT NULL,
  e.rank_key, e.pull, e.chat_line, e.mention, e.reaction
]) AS rows
