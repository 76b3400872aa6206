"""Networks of the lab; the project's own ends in an evidence head."""

from glassmask.lab.networks.evidence import EvidenceHead, EvidenceNetwork, build_network

__all__ = ["EvidenceHead", "EvidenceNetwork", "build_network"]
