"""How results are shown and written: words, pictures, JSON, reports."""
