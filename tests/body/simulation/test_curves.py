"""Names, units and tables of what is reported."""

from __future__ import annotations

import io
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest

from builders.bodies import SCREENING
from thecal.body import (
    PLASMA,
    READOUTS,
    TONE_LEGS,
    Ensemble,
    Response,
    csf_at,
    load_parameters,
    meaning_of,
    simulate,
    unit_of,
)


def trial(patients: int = 3) -> Response:
    everyone = Ensemble.drawn(load_parameters(), patients, seed=1, cells_per_cm=1)
    return simulate(
        everyone,
        sample_times_h=[0.0, 1.0, 4.0, 8.0],
        boluses=[SCREENING],
        sites=["lumbar"],
        also=list(READOUTS),
    )


def test_every_curve_that_is_reported_has_a_unit_and_a_meaning() -> None:
    response = trial()

    assert set(response.units) == set(response.quantities)
    assert all(response.units.values())
    assert len({meaning_of(name) for name in response.quantities}) == len(response.quantities)


def test_a_curve_is_had_by_its_name() -> None:
    response = trial()

    assert response[PLASMA].shape == (4, 4)
    assert np.array_equal(response[PLASMA][0], response.typical(PLASMA))


@pytest.mark.parametrize("ask", [unit_of, meaning_of])
def test_a_curve_that_nobody_knows_is_refused(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(
        ValueError, match=r"curve 'tone_face' is unknown; allowed: pump_rate_ug_h, .*csf_<site>"
    ):
        ask("tone_face")


def test_a_response_is_a_tidy_table_whose_columns_carry_their_units() -> None:
    response = trial()

    table = response.to_arrow()

    assert table.column_names == ["patient", "time_h", *response.quantities]
    assert table.num_rows == 4 * 4
    assert table["patient"].to_pylist() == [patient for patient in range(4) for _ in range(4)]
    assert table["time_h"].to_pylist() == [0.0, 1.0, 4.0, 8.0] * 4
    for name in response.quantities:
        assert table[name].to_numpy().reshape(4, 4).tolist() == response[name].tolist()
        assert table.schema.field(name).metadata == {
            b"unit": unit_of(name).encode(),
            b"meaning": meaning_of(name).encode(),
        }
    assert table.schema.metadata == {b"label": response.label.encode()}


def test_parquet_gives_back_the_table_with_its_units() -> None:
    response, written = trial(), io.BytesIO()

    response.write_parquet(written)

    table = pq.read_table(io.BytesIO(written.getvalue()))
    assert table.equals(response.to_arrow())
    assert table.schema.field(csf_at("lumbar")).metadata[b"unit"] == b"ng/mL"
    assert table.schema.field(TONE_LEGS).metadata[b"unit"] == b"Ashworth 1-5"


def test_the_patients_are_a_table_that_joins_by_their_number() -> None:
    parameters = load_parameters()
    everyone = Ensemble.drawn(parameters, 3, seed=1)

    table = everyone.patients.to_arrow(parameters)

    assert table["patient"].to_pylist() == [0, 1, 2, 3]
    assert table.column_names == ["patient", *parameters.table]
    assert table["ec50_ng_mL"].to_pylist() == everyone.patients["ec50_ng_mL"].tolist()
    field = table.schema.field("spinal_csf_mL").metadata
    assert field[b"unit"] == b"mL"
    assert parameters["spinal_csf_mL"].source.encode() in field[b"meaning"]
    assert table.schema.metadata[b"parameters"] == parameters.version.encode()


def test_without_arrow_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    response = trial()
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(
        ModuleNotFoundError, match=r"pyarrow, which is not installed; .*pip install 'thecal\[lab\]'"
    ):
        response.to_arrow()
    with pytest.raises(ModuleNotFoundError, match="pyarrow"):
        response.write_parquet(io.BytesIO())
