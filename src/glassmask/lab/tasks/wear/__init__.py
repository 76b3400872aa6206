"""The task `wear`: its recipe, views, network, run and export."""
