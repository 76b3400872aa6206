"""What a network file is, and how it runs."""
