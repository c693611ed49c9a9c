"""Implants: which pump was placed in which patient, and when."""
