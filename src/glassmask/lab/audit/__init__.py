"""Measure whether explanations are true."""
