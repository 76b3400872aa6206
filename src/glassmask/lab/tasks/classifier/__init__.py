"""The task `classifier`: its recipe, views, network, run and export."""
