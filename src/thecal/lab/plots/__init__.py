"""Figures (need matplotlib): runs, responses, trumpet curves and the validation; one home for every plot."""

from thecal.lab.plots.responses import plot
from thecal.lab.plots.trumpets import plot_trumpets

__all__ = ["plot", "plot_trumpets"]
