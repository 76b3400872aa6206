"""Where a face is, and the square crop of it that the network sees."""
