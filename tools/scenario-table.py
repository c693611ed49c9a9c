"""Write the README's table of what the shipped scenarios predict beside what was published."""

from __future__ import annotations

from pathlib import Path

from thecal.lab import run_scenario, shipped_names, shipped_scenario
from thecal.lab.report import comparison_table

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- scenario table: tools/scenario-table.py -->\n", "<!-- end of scenario table -->\n"


def main() -> None:
    """Replace the table between its two marks."""
    table = comparison_table(run_scenario(shipped_scenario(name)) for name in shipped_names())
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
