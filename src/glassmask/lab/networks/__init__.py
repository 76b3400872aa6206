"""Networks of the lab; the project's own ends in an evidence head."""

from glassmask.lab.networks.evidence import EvidenceNetwork, build_network
from glassmask.lab.networks.photo_network import EvidenceHead

__all__ = ["EvidenceHead", "EvidenceNetwork", "build_network"]
