"""The task `classifier`: how a mask is worn, by any network of the registry."""
