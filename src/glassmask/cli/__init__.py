"""The command `glassmask`; one file a command."""
