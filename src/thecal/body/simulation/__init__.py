"""Runs of patients under pumps, injections and tablets, and the curves that they report."""
