"""The report of a run: a summary for programs, tables for statistics, a figure for people."""

from thecal.lab.report.files import comparison_table, render, summary_json, write_band

__all__ = ["comparison_table", "render", "summary_json", "write_band"]
