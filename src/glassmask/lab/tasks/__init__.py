"""What is trained: one folder a task."""
