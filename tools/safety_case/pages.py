"""The pages of the safety case, drawn from its data and its evidence; nothing in them is typed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safety_case.case import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from safety_case.case import Case, Requirement
    from safety_case.evidence import Evidence, Verdict

_NOTE = "<!-- Drawn by `make safety` from case.toml; change that. -->"


def pages(case: Case, evidence: Evidence, verdict: Verdict) -> dict[str, str]:
    """Return every drawn page by its file name."""
    drawn = {
        "hazards.md": _hazards(case, verdict),
        "requirements.md": _requirements(case),
        "decisions.md": _decisions(case),
        "matrix.md": _matrix(case, evidence, verdict),
    }
    return {name: "\n".join([_NOTE, "", *lines]) + "\n" for name, lines in drawn.items()}


def totals(case: Case, verdict: Verdict) -> str:
    """Return the line that ``make safety`` ends with."""
    return f"{_count(case.requirements, verdict)}, of {len(case.requirements)}"


def _count(rows: Iterable[Requirement], verdict: Verdict) -> str:
    proven, planned, outside = _numbers(rows, verdict)
    return f"proven {proven}, planned {planned}, out of scope {outside}"


def _numbers(rows: Iterable[Requirement], verdict: Verdict) -> tuple[int, int, int]:
    listed = list(rows)
    return (
        sum(row.id in verdict.proven for row in listed),
        sum(row.status is Status.PLANNED for row in listed),
        sum(row.status is Status.OUT_OF_SCOPE for row in listed),
    )


def _table(*rows: Iterable[str]) -> Iterator[str]:
    for number, row in enumerate(rows):
        cells = [cell.replace("|", r"\|") for cell in row]
        yield f"| {' | '.join(cells)} |"
        if not number:
            yield "|" + "---|" * len(cells)


def _hazards(case: Case, verdict: Verdict) -> Iterator[str]:
    yield "# Hazards and controls"
    yield ""
    yield (
        "S is the severity from 1 to 5, where 5 is death: our own judgement, to be confirmed by clinicians. "
        "The last column counts the proven requirements among those that carry the control "
        "([evidence](matrix.md))."
    )
    yield ""
    yield from _table(
        ("Id", "Hazard and cause", "S", "Control", "Requirements", "Proven"),
        *(
            (
                row.id,
                row.cause,
                str(row.severity),
                row.control,
                ", ".join(row.requirements),
                f"{sum(name in verdict.proven for name in row.requirements)} of {len(row.requirements)}",
            )
            for row in case.hazards
        ),
    )


def _requirements(case: Case) -> Iterator[str]:
    yield "# Requirements"
    yield ""
    yield (
        "Every requirement with its origin. Numbers in {} are defaults, to be confirmed by clinicians. "
        "*Carried over* means unchanged from its origin, *adapted* changed by us for intrathecal baclofen, "
        "*new* derived from a recall, a hazard or the clinical review. (MR) means the fallback of ITB-164. "
        "If section P and another requirement conflict, P takes precedence; [decisions](decisions.md) "
        "resolves each conflict. All wording is our own."
    )
    for section in case.sections:
        yield from ("", f"## {section.letter}. {section.title}", "")
        yield from _table(
            ("Id", "Requirement", "Origin", "Transfer"),
            *(
                (row.id, row.text, row.origin, row.transfer)
                for row in case.requirements
                if row.section == section.letter
            ),
        )
    yield from ("", "## Sources", "")
    yield from _table(("Name", "What it is"), *((source.name, source.what) for source in case.sources))


def _decisions(case: Case) -> Iterator[str]:
    yield "# Conflicts between requirements"
    yield ""
    yield "Each conflict between requirements, or between their sources, with the decision and its reason."
    for row in case.decisions:
        yield from ("", f"## {row.id} {row.title}", "")
        yield f"Rows: {', '.join(row.rows)}"
        yield ""
        yield from (
            f"- **Conflict.** {row.disagree}",
            f"- **Decision.** {row.decided}",
            f"- **Reason.** {row.reason}",
        )


def _matrix(case: Case, evidence: Evidence, verdict: Verdict) -> Iterator[str]:
    yield "# Evidence"
    yield ""
    yield (
        "A requirement is *proven* if passing tests that carry its id, or an analysis, show its whole "
        "sentence. *Planned* says what is missing and where it will be built, and then what its tests show "
        "already. Requirements that need a study with users are never claimed as proven."
    )
    yield ""
    yield f"**{totals(case, verdict)}**"
    yield ""
    yield from _table(
        ("Section", "Proven", "Planned", "Out of scope", "Rows"),
        *(
            (f"{section.letter}. {section.title}", *map(str, _numbers(rows, verdict)), str(len(rows)))
            for section in case.sections
            for rows in [[row for row in case.requirements if row.section == section.letter]]
        ),
    )
    for section in case.sections:
        yield from ("", f"## {section.letter}. {section.title}", "")
        yield from _table(
            ("Id", "Requirement", "Status", "Evidence"),
            *(
                (row.id, row.text, _status(row, verdict), _evidence(row, evidence.carried))
                for row in case.requirements
                if row.section == section.letter
            ),
        )
    yield from ("", "## What the legacy profile violates", "")
    yield (
        "Pumps as documented do not meet these requirements. The legacy profile keeps the violations, for "
        "training and for the reconstruction of accidents; a test shows each one."
    )
    yield ""
    yield from _table(
        ("Id", "Row", "What it does", "Documented by", "Shown by"),
        *(
            (
                row.id,
                row.requirement,
                row.how,
                row.source,
                "<br>".join(_sentence(test) for test in sorted(evidence.carried.get(row.id, ()))),
            )
            for row in case.violations
        ),
    )


def _status(row: Requirement, verdict: Verdict) -> str:
    match row.status:
        case Status.TEST | Status.ANALYSIS:
            return "proven" if row.id in verdict.proven else "**claimed, not proven**"
        case Status.PLANNED:
            return f"planned: {row.where}"
        case Status.OUT_OF_SCOPE:
            return "out of scope"


def _evidence(row: Requirement, carried: Mapping[str, set[str]]) -> str:
    parts = [text for text in (row.reason, row.missing and f"Missing: {row.missing}.") if text]
    if row.analysis:
        parts.append(f"[analysis]({row.analysis})")
    if row.half:
        parts.append(f"Shown already: {row.half}.")
    parts += [_sentence(test) for test in sorted(carried.get(row.id, ()))]
    return "<br>".join(parts)


def _sentence(test: str) -> str:
    """Return a test's sentence with the file it stands in."""
    path, _, name = test.partition("::")
    file = path.removeprefix("tests/").removesuffix(".py")
    words = name.removesuffix("::runTest").removeprefix("test_").replace("_", " ")
    return f"`{file}`: {words}"
