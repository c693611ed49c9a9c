"""Prescriptions, signatures, orders to the bedside and what came of them."""
