"""What has been published, and whether the model says the same (docs/science/validation.md)."""

from thecal.lab.validation.cohort import Cohort, Who
from thecal.lab.validation.judging import Judged, Judgement, judge_patients, write_judgement
from thecal.lab.validation.report import as_json, first_score
from thecal.lab.validation.rows import Row, Table, Use, load_rows, read_rows
from thecal.lab.validation.run import Validation, Verdict, judge, validate

__all__ = [
    "Cohort",
    "Judged",
    "Judgement",
    "Row",
    "Table",
    "Use",
    "Validation",
    "Verdict",
    "Who",
    "as_json",
    "first_score",
    "judge",
    "judge_patients",
    "load_rows",
    "read_rows",
    "validate",
    "write_judgement",
]
