"""Weaning of oral drugs after the implant, and of intrathecal baclofen at its end."""

from thecal.dosing.weaning.steps import INTRATHECAL, ORAL, intrathecal_steps, oral_steps

CALCULATIONS = (ORAL, INTRATHECAL)
"""The calculations of this package."""

__all__ = ["CALCULATIONS", "INTRATHECAL", "ORAL", "intrathecal_steps", "oral_steps"]
