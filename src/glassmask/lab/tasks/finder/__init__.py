"""The task `finder`: where faces are in a photo."""
