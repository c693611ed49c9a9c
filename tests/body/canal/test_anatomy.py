from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from thecal.body import (
    SITES,
    TIP_LEVELS,
    VERTEBRAE,
    Anatomy,
    Bolus,
    Ensemble,
    draw_patients,
    height_of,
    load_parameters,
)
from thecal.body.canal.bolus import stirred_shares
from thecal.body.canal.levels import REFERENCE_LENGTH_CM


def test_vertebrae_stand_on_each_other_from_the_sac_end_to_the_cisterna() -> None:
    spans = list(VERTEBRAE.values())

    assert spans[0][0] == 0
    assert spans[-1][1] == REFERENCE_LENGTH_CM == 60
    assert all(upper[0] == pytest.approx(lower[1]) for lower, upper in pairwise(spans))
    assert next(iter(VERTEBRAE)) == "S2"
    assert list(VERTEBRAE)[-1] == "C1"


def test_the_lumbar_site_lies_47_cm_below_the_cisterna() -> None:
    assert REFERENCE_LENGTH_CM - height_of("lumbar") == pytest.approx(47.1)
    assert height_of("lumbar") == height_of("L3") < height_of("thoracic") < height_of("cervical")
    assert height_of("cisternal") == height_of("cisterna") == REFERENCE_LENGTH_CM


def test_tips_lie_from_l2_to_c1() -> None:
    assert TIP_LEVELS[0] == "L2"
    assert TIP_LEVELS[-1] == "C1"
    assert "L3" not in TIP_LEVELS


@pytest.mark.parametrize("level", ["", "l3", "T13", "C8", "S3"])
def test_an_unknown_level_is_refused(level: str) -> None:
    with pytest.raises(
        ValueError, match="is unknown; allowed: S2, S1, L5 to L1, T12 to T1, C7 to C1, cisterna"
    ):
        height_of(level)


@pytest.mark.parametrize("cells_per_cm", [0, 9, 1.5, float("nan")])
def test_an_impossible_grid_is_refused(cells_per_cm: int) -> None:
    with pytest.raises(ValueError, match="cells_per_cm is"):
        Anatomy(cells_per_cm)


@pytest.mark.parametrize("cells_per_cm", [1, 2, 4])
def test_every_grid_holds_the_same_body(cells_per_cm: int) -> None:
    anatomy, coarse = Anatomy(cells_per_cm), Anatomy(1)

    assert anatomy.csf_shares.sum() == pytest.approx(1)
    assert anatomy.cord_shares.sum() == pytest.approx(1)
    assert anatomy.csf_shares.reshape(60, -1).sum(axis=1) == pytest.approx(coarse.csf_shares)
    assert anatomy.cord_shares.reshape(42, -1).sum(axis=1) == pytest.approx(coarse.cord_shares)


def test_about_half_of_the_spinal_fluid_lies_below_t11_t12() -> None:
    below_mL = 97.3 * Anatomy().csf_below(np.array([VERTEBRAE["T11"][0] / 60]))[0]

    assert below_mL == pytest.approx(49.9, abs=12.1)  # Hogan 1996: 49.9 (12.1) mL


def test_the_cord_begins_at_the_lower_edge_of_l1() -> None:
    anatomy = Anatomy(1)

    assert anatomy.edges[anatomy.first_cord_cell] * 60 == pytest.approx(VERTEBRAE["L1"][0])


@pytest.mark.parametrize("place", [*VERTEBRAE, *SITES])
def test_a_place_is_an_average_around_its_own_height(place: str) -> None:
    anatomy, z_cm = Anatomy(2), height_of(place)

    weights = anatomy.place(z_cm)

    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    heights = np.append((np.arange(120) + 0.5) / 2, 60)
    inside = 1.25 <= z_cm <= 59 or z_cm == 60
    assert weights @ heights == pytest.approx(z_cm, abs=1e-9 if inside else 0.3)
    assert np.max(np.abs(heights[weights > 0] - z_cm)) < 1.5


@pytest.mark.parametrize("level", ["S2", "L3", "T12", "cisterna"])
@pytest.mark.parametrize("volume_mL", [0.5, 2.0, 50.0])
def test_an_injection_is_shared_whole_and_takes_its_stirred_volume(level: str, volume_mL: float) -> None:
    patients, anatomy = draw_patients(load_parameters(), 20, 1), Anatomy(2)

    shares = stirred_shares(patients, anatomy, volume_mL=volume_mL, level=level)

    assert shares.sum(axis=1) == pytest.approx(np.ones(21))
    cell_mL = patients["spinal_csf_mL"][:, np.newaxis] * anatomy.csf_shares
    taken = np.where(shares > 0, cell_mL, 0).sum(axis=1)
    stirred = np.minimum(patients["stirred_volumes"] * volume_mL, patients["spinal_csf_mL"])
    assert (taken >= stirred * (1 - 1e-9)).all()
    assert (taken <= stirred + 2 * cell_mL.max(axis=1)).all()
    assert (np.max(shares / cell_mL, axis=1) <= 1 / stirred * (1 + 1e-9)).all()


def test_a_longer_canal_moves_every_level_and_keeps_the_volume() -> None:
    parameters = load_parameters()
    short, long = (
        Ensemble(draw_patients(parameters.knowing(canal_length_cm=length), 0, 0)) for length in (40, 60)
    )

    assert short.network.csf_mL.sum() == pytest.approx(long.network.csf_mL.sum())
    assert (short.network.up > long.network.up).all()


def test_a_bolus_defaults_to_one_millilitre_at_l3() -> None:
    assert Bolus(at_h=0, mass_ug=50) == Bolus(at_h=0, mass_ug=50, volume_mL=1, level="L3", minutes=1)
