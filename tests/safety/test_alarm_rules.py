"""The table of the alarms: priorities follow from severity and onset, and effects are what the pump does."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from thecal.pump import (
    ALARM_CLASSES,
    FLOW_EFFECTS,
    LATENCY,
    PRIORITIES,
    RULES,
    AlarmClass,
    Onset,
    Priority,
    Severity,
)
from thecal.therapy import Alarm

WORSE = [Priority.HIGH, Priority.MEDIUM, Priority.LOW]


@pytest.mark.requirement("ITB-095")
def test_every_alarm_has_the_priority_of_its_severity_and_its_onset() -> None:
    assert set(RULES) == set(Alarm)
    assert set(PRIORITIES) == set(product(Severity, Onset))
    for alarm, rule in RULES.items():
        assert rule.priority is PRIORITIES[rule.severity, rule.onset]
        assert (ALARM_CLASSES[alarm] is AlarmClass.CRITICAL) == (rule.priority is Priority.HIGH)


@pytest.mark.requirement("ITB-095")
@pytest.mark.parametrize("severity", Severity)
def test_what_comes_sooner_is_never_of_a_lower_priority(severity: Severity) -> None:
    for sooner, later in pairwise(PRIORITIES[severity, onset] for onset in Onset):
        assert WORSE.index(sooner) <= WORSE.index(later)


@pytest.mark.requirement("ITB-095")
@pytest.mark.parametrize("onset", Onset)
def test_what_is_graver_is_never_of_a_lower_priority(onset: Onset) -> None:
    for graver, lighter in pairwise(PRIORITIES[severity, onset] for severity in Severity):
        assert WORSE.index(graver) <= WORSE.index(lighter)


@pytest.mark.requirement("ITB-095")
def test_the_table_stands_with_the_gravest_first() -> None:
    priorities = [WORSE.index(rule.priority) for rule in RULES.values()]

    assert priorities == sorted(priorities)
    assert list(FLOW_EFFECTS) == list(LATENCY) == list(RULES)
