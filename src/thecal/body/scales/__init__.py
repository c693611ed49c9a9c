"""Spasticity scales: scores, what their grades mean, and how examiners differ."""
