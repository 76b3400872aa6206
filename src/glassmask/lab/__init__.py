"""The lab wing: data, training and measuring. Needs the extra `glassmask[lab]`."""
