"""The task `landmarks`: where a face's points are, and whether it is a face."""
