"""A cohort is the same whoever is solved beside whom."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thecal.body import Implant, Inflow, Response
from thecal.lab import Dosing, Origin, VirtualPatient, respond

PATIENT = VirtualPatient(origin=Origin.SPINAL, known=(("tone_legs_before", 4.0),))
TIMES_H = [0.0, 1.0, 6.0, 24.0]
INFLOW = Inflow([0.0, 24.0], [0.2 / 24], [500.0])


def cohort(
    patients: int, *, block: int = 64, seed: int = 5, progress: list[tuple[int, int]] | None = None
) -> Response:
    heard = [] if progress is None else progress

    def note(done: int, patients: int) -> None:
        heard.append((done, patients))

    return respond(
        PATIENT,
        Dosing(inflow=INFLOW, implant=Implant(primed_with_ug_mL=500.0)),
        patients=patients,
        seed=seed,
        sample_times_h=TIMES_H,
        sites=("lumbar",),
        block=block,
        progress=note,
    )


@pytest.mark.parametrize("block", [1, 3, 4, 10])
def test_the_result_does_not_depend_on_how_the_cohort_is_cut(block: int) -> None:
    whole, cut = cohort(10), cohort(10, block=block)

    for quantity in whole.quantities:
        assert alike(whole.curves[quantity], cut.curves[quantity]), quantity


def alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Say whether two are the same to the last digits: processors round a product of more rows otherwise."""
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-12, atol=1e-13 * one.max())


def test_a_patient_is_the_same_in_a_larger_cohort() -> None:
    few, many = cohort(3), cohort(7)

    assert alike(few.patients("csf_lumbar_ng_mL"), many.patients("csf_lumbar_ng_mL")[:3])


def test_another_seed_draws_others_and_leaves_the_typical_patient() -> None:
    one, other = cohort(3), cohort(3, seed=6)

    assert np.array_equal(one.typical("csf_lumbar_ng_mL"), other.typical("csf_lumbar_ng_mL"))
    assert not np.array_equal(one.patients("csf_lumbar_ng_mL"), other.patients("csf_lumbar_ng_mL"))


def test_what_is_known_has_no_spread() -> None:
    assert set(cohort(5).curves["tone_legs"][:, 0]) == {4.0}


def test_progress_is_reported_after_each_block() -> None:
    told: list[tuple[int, int]] = []

    cohort(10, block=4, progress=told)

    assert told == [(4, 10), (8, 10), (10, 10)]


def test_an_unknown_parameter_is_refused() -> None:
    stranger = VirtualPatient(origin=Origin.SPINAL, known=(("colour", 1.0),))

    with pytest.raises(ValueError, match="'colour' is unknown"):
        stranger.parameters()
