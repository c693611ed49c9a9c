"""The problem as SBML: one rate rule for each state, the input a parameter ``u``, with or without events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from exchange import PeerProblem

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'


def number(value: float) -> str:
    """Return a MathML number."""
    mantissa, _, exponent = f"{value:.17e}".partition("e")
    return f'<cn type="e-notation">{mantissa}<sep/>{int(exponent)}</cn>'


def term(value: float, name: str) -> str:
    """Return a number times a name."""
    return f"<apply><times/>{number(value)}<ci>{name}</ci></apply>"


def model(problem: PeerProblem, *, events: bool) -> str:
    """Return the SBML text; with events the schedule is in it, else ``u`` is for the caller to set."""
    n = len(problem.matrix)
    parameters = "".join(f'<parameter id="x{i}" value="0" constant="false"/>' for i in range(n))
    rules = []
    for i in range(n):
        terms = [term(problem.matrix[i, j], f"x{j}") for j in np.flatnonzero(problem.matrix[i])]
        if problem.source[i]:
            terms.append(term(problem.source[i], "u"))
        rules.append(
            f'<rateRule variable="x{i}">{MATH}<apply><plus/>{"".join(terms)}</apply></math></rateRule>'
        )
    listed = ""
    if events:
        when = "".join(
            f'<event id="e{k}" useValuesFromTriggerTime="true"><trigger initialValue="false" persistent="true">{MATH}'
            f'<apply><geq/><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol>'
            f'{number(at)}</apply></math></trigger><listOfEventAssignments><eventAssignment variable="u">{MATH}'
            f"{number(rate)}</math></eventAssignment></listOfEventAssignments></event>"
            for k, (at, rate) in enumerate(zip(problem.events, problem.rates, strict=True))
            if 0 < at < problem.samples[-1]
        )
        listed = f"<listOfEvents>{when}</listOfEvents>"
    first = float(problem.rates[problem.events <= 0][-1]) if (problem.events <= 0).any() else 0.0
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="body">'
        f'<listOfParameters>{parameters}<parameter id="u" value="{first!r}" constant="false"/></listOfParameters>'
        f"<listOfRules>{''.join(rules)}</listOfRules>{listed}</model></sbml>"
    )
