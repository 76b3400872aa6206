"""Any trained network as one that judges crops."""
