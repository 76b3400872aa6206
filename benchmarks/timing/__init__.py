"""How long things take: variants of the same work, in one process, in turn, medians."""
