"""The website's files, served or written."""
