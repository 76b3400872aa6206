"""What an audit measures: one file per measure, each known by hand in the tests."""
