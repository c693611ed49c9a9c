"""The catalogue of pumps as it is written."""

from __future__ import annotations

from importlib.resources import files

TEXT = files("thecal.pump").joinpath("catalogue.toml").read_text(encoding="utf-8")
