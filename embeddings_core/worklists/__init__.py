"""Lists of items to look through: near-duplicates, odd items, doubted labels, hubs and orphans, unmatched pictures."""
