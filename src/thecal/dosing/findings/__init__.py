"""What a rule found: a stable code with typed values; its wording is a template, the same everywhere."""

from thecal.dosing.findings.finding import (
    Finding,
    FindingError,
    Kind,
    Lift,
    Severity,
    Value,
    Weight,
    kind,
    write_value,
)

__all__ = [
    "Finding",
    "FindingError",
    "Kind",
    "Lift",
    "Severity",
    "Value",
    "Weight",
    "kind",
    "write_value",
]
