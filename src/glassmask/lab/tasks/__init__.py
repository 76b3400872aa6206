"""What the lab trains: a folder for each task, and the registry that opens them by name."""
