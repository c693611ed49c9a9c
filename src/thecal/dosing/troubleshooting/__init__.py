"""Troubleshooting: the next test of catheter and pump."""

from typing import Any

from thecal.dosing.tables import Table
from thecal.dosing.troubleshooting.tree import TREE, DoneTests, next_test

TABLES: tuple[Table[Any, Any], ...] = (TREE,)
"""The decision tables of this package."""

__all__ = ["TABLES", "TREE", "DoneTests", "next_test"]
