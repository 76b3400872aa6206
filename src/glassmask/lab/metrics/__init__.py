"""Figures of what was said against what is true: accuracy, calibration, coverage, detection."""
