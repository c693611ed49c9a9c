"""Patients ready to simulate, and the places at which their drug levels count."""
