"""The experiments that ask the model for a published number, by kind."""

from thecal.lab.validation.experiments.kinds import KINDS

__all__ = ["KINDS"]
