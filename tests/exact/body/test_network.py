"""The compartments and their rates, against the same written patient by patient and cell by cell."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest

from thecal.body import Anatomy, Ensemble, load_parameters
from thecal.body.canal.network import Network, _bernoulli, build_network

BODY = Ensemble.drawn(load_parameters().knowing(bulk_flow_mL_h=5.0, cord_partition=2.0), 2, 5, cells_per_cm=1)


@pytest.fixture
def network() -> Network:
    """Return the network of three patients."""
    return build_network(BODY.patients, BODY.anatomy)


def against(x: float) -> float:
    """Return x / (exp(x) - 1) as a textbook writes it."""
    return x / math.expm1(x)


def test_every_cell_of_every_patient_has_its_volumes_and_rates(network: Network) -> None:
    anatomy = BODY.anatomy
    first = anatomy.first_cord_cell
    for row in range(len(BODY)):
        value = {name: float(of[row]) for name, of in BODY.patients.values.items()}
        cells_mL = [*(value["spinal_csf_mL"] * anatomy.csf_shares), value["cranial_csf_mL"]]
        mean_cm2 = value["spinal_csf_mL"] / value["canal_length_cm"]
        for cell in range(60):
            between_cm = value["canal_length_cm"] / 60 / (2 if cell == 59 else 1)
            spread = value["dispersion_cm2_h"] * mean_cm2 * anatomy.face_areas[cell + 1] / between_cm
            peclet = value["bulk_flow_mL_h"] / spread
            assert network.up[row, cell] == pytest.approx(spread * against(-peclet) / cells_mL[cell])
            assert network.down[row, cell] == pytest.approx(spread * against(peclet) / cells_mL[cell + 1])
            assert network.loss[row, cell] == value["spinal_loss_per_h"]
        assert network.csf_mL[row].tolist() == pytest.approx(cells_mL)
        assert network.loss[row, 60] == pytest.approx(value["csf_turnover_mL_h"] / value["cranial_csf_mL"])
        cord_mL = value["cord_volume_mL"] * value["cord_partition"] * anatomy.cord_shares
        assert network.cord_mL[row].tolist() == pytest.approx(cord_mL.tolist())
        assert network.from_cord[row].tolist() == [value["cord_exchange_per_h"]] * len(cord_mL)
        into = value["cord_exchange_per_h"] * cord_mL / np.array(cells_mL[first:60])
        assert network.to_cord[row].tolist() == pytest.approx(into.tolist())


def test_equal_cells_pass_up_more_than_down_by_the_bulk_flow(
    network: Network,
) -> None:
    """Two ways: the flow that was put in is the net flow that comes out, through every face."""
    volumes = network.csf_mL
    net_mL_h = network.up * volumes[:, :-1] - network.down * volumes[:, 1:]

    flow = np.broadcast_to(BODY.patients["bulk_flow_mL_h"][:, np.newaxis], net_mL_h.shape)
    assert np.allclose(net_mL_h, flow, rtol=1e-9, atol=1e-12)


def test_a_network_counts_its_compartments_and_names_what_each_loses(network: Network) -> None:
    cord_cells = 60 - BODY.anatomy.first_cord_cell

    assert (network.cells, network.states) == (60, 61 + cord_cells)
    assert network.first_cord_cell == Anatomy(1).first_cord_cell
    assert network.losses.shape == (3, network.states)
    assert np.array_equal(network.losses[:, :61], network.loss)
    assert not network.losses[:, 61:].any()


def test_one_patient_alone_counts_as_many_compartments(network: Network) -> None:
    alone = network.rows(slice(2, 3))

    assert (alone.cells, alone.states) == (network.cells, network.states)


def test_some_of_the_patients_keep_all_that_is_theirs(network: Network) -> None:
    some = network.rows(slice(1, 3))

    for field in fields(Network):
        whole, part = getattr(network, field.name), getattr(some, field.name)
        if field.name == "first_cord_cell":
            assert part == whole
        else:
            assert np.array_equal(part, whole[1:3]), field.name


@pytest.mark.parametrize("x", [0.0, 3e-9, 9e-9, -9e-9, 1e-6, -1e-6, 0.3, -0.3, 20.0, -20.0])
def test_the_exponential_fit_is_one_at_rest_and_smooth_around_it(x: float) -> None:
    found = float(_bernoulli(np.array([x]))[0])

    assert found == pytest.approx(against(x) if x else 1.0, rel=1e-14)


def test_however_strong_the_flow_all_of_it_is_carried_and_none_comes_back() -> None:
    x = np.array([100.0, 600.0, 5e4])

    with_flow, against_flow = _bernoulli(-x), _bernoulli(x)

    assert (against_flow > 0).all()
    assert against_flow[1] == pytest.approx(600 / math.expm1(500))
    assert with_flow.tolist() == x.tolist()
