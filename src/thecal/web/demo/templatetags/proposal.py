"""A proposal in a template: what was typed in a field, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thecal.clinic.orders.dose_form import DoseForm, FieldProblem
    from thecal.therapy import Comparison

register = template.Library()
_INVALID = SafeString(' aria-invalid="true"')


@register.filter
def typed(form: DoseForm, field: str) -> str:
    """Return a field's text exactly as it was typed."""
    return form.text(field)


@register.filter
def changed_rows(comparison: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """Return the settings that change."""
    return tuple(row for row in comparison if row.changed)


@register.filter
def unchanged_rows(comparison: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """Return the settings that do not change."""
    return tuple(row for row in comparison if not row.changed)


@register.filter
def of(fraction: float, length: int) -> str:
    """Return a fraction of a length, for a drawing."""
    return f"{fraction * length:.2f}"


@register.filter
def below(fraction: float, length: int) -> str:
    """Return what is left of a length above a fraction of it, for a drawing."""
    return f"{(1 - fraction) * length:.2f}"


@register.simple_tag
def invalid(problems: Iterable[FieldProblem] | None, field: str, described_by: str = "") -> SafeString:
    """Return the attributes that tell assistive technology of a field's hint and of its error."""
    wrong = any(problem.field == field for problem in problems or ())
    described = " ".join(filter(None, [described_by, f"{field}-error" if wrong else ""]))
    describe = format_html(' aria-describedby="{}"', described) if described else ""
    return format_html("{}{}", _INVALID if wrong else "", describe)


@register.simple_tag
def about(problems: Iterable[FieldProblem] | None, field: str, style: str = "") -> SafeString:
    """Return what is wrong with one field, to stand beside it, and where its limit comes from on request."""
    found = [problem for problem in problems or () if problem.field == field]
    if not found:
        return SafeString()
    said = format_html_join(" ", "{}", ((problem.message,) for problem in found))
    sources = dict.fromkeys(problem.source for problem in found if problem.source)
    why = format_html_join("", "<p>{}</p>", ((source,) for source in sources))
    details = format_html('<details class="why {}"><summary>Why?</summary>{}</details>', style, why)
    return format_html(
        '<p class="error {}" id="{}-error">{}</p>{}', style, field, said, details if sources else ""
    )
