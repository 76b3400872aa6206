"""Which part of a photo made a network say so: the methods, behind one door."""

from glassmask.errors import MethodError, TargetError
from glassmask.lab.attribution.attribute import attribute
from glassmask.lab.attribution.evidence import Evidence
from glassmask.lab.attribution.grad_cam import GradCAM
from glassmask.lab.attribution.gradient import Gradient
from glassmask.lab.attribution.integrated_gradients import IntegratedGradients
from glassmask.lab.attribution.method import Method
from glassmask.lab.attribution.occlusion import Occlusion
from glassmask.lab.attribution.registry import METHODS, make_method, method_options, methods_for
from glassmask.lab.attribution.result import Attribution
from glassmask.lab.attribution.targets import Against, Contrast, Target, WeightedSum

__all__ = [
    "METHODS",
    "Against",
    "Attribution",
    "Contrast",
    "Evidence",
    "GradCAM",
    "Gradient",
    "IntegratedGradients",
    "Method",
    "MethodError",
    "Occlusion",
    "Target",
    "TargetError",
    "WeightedSum",
    "attribute",
    "make_method",
    "method_options",
    "methods_for",
]
