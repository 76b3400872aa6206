"""The task `finder`: its recipe, views, network, run and export."""
