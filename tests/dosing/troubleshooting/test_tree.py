"""The next test: nothing is injected without an aspirate, and no path says that there is no fault."""

import itertools
from dataclasses import replace

from builders.rules.troubleshooting import ALL_NORMAL
from thecal.dosing.limits import limits_for
from thecal.dosing.troubleshooting import TREE, DoneTests, next_test

LIMITS = limits_for()
NAMES = tuple(DoneTests.__dataclass_fields__)


def test_without_an_aspirate_nothing_is_injected_whatever_else_is_known() -> None:
    for answers in itertools.product([True, False], repeat=5):
        facts = DoneTests(**dict(zip(NAMES[:5], answers, strict=True)), aspirated=False)

        (test,) = next_test(facts, LIMITS).results

        assert "contrast" not in test


def test_no_combination_of_tests_says_that_there_is_no_fault() -> None:
    for answers in itertools.product([True, False, None], repeat=len(NAMES)):
        decision = next_test(DoneTests(**dict(zip(NAMES, answers, strict=True))), LIMITS)

        assert decision.results or decision.asks
        assert not any("no fault" in test for test in decision.results)


def test_the_yields_are_those_of_the_published_series() -> None:
    shown = " ".join(row.then_here(LIMITS) for row in TREE.rows)

    for share in ("35.1 %", "24.3 %", "5.4 %"):
        assert share in shown


def test_after_every_normal_test_a_fault_is_not_excluded() -> None:
    (test,) = next_test(replace(ALL_NORMAL), LIMITS).results

    assert test.startswith("a fault is not excluded")
