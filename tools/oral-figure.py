"""Draw by mouth against from a pump into the documentation."""

from __future__ import annotations

from pathlib import Path

from thecal.lab.plots.oral_and_pump import as_svg, oral_against_intrathecal

FIGURE = Path(__file__).parents[1] / "docs" / "science" / "figures" / "oral-against-intrathecal.svg"


def main() -> None:
    """Write the figure."""
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    FIGURE.write_bytes(as_svg(oral_against_intrathecal()))


if __name__ == "__main__":
    main()
