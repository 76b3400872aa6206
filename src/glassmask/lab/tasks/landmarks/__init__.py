"""The task `landmarks`: its recipe, views, network, run and export."""
