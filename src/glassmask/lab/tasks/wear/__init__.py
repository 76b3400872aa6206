"""The task `wear`: how a mask is worn, by a network with an evidence head."""
