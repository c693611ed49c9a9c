"""The sweep against the whole system of equations, on trees small enough to write out."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.body.canal.network import Network
from thecal.body.engine import Tap, transfer

PATIENTS, CELLS = 3, 5
NODES = np.array([0.2 + 0.1j, -0.5 + 2j, 3 - 4j])


def tree(cord_cells: int, first: int, *, alike: bool = False) -> Network:
    """Return a tree of five cells with rates that have nothing in common."""
    chance = np.random.default_rng(cord_cells)
    back = chance.uniform(0.1, 2, (PATIENTS, cord_cells))
    return Network(
        csf_mL=np.ones((PATIENTS, CELLS + 1)),
        cord_mL=np.ones((PATIENTS, cord_cells)),
        first_cord_cell=first,
        up=chance.uniform(0.1, 5, (PATIENTS, CELLS)),
        down=chance.uniform(0.1, 5, (PATIENTS, CELLS)),
        to_cord=chance.uniform(0.1, 2, (PATIENTS, cord_cells)),
        from_cord=np.broadcast_to(back[:, :1], back.shape) if alike else back,
        loss=chance.uniform(0.1, 2, (PATIENTS, CELLS + 1)),
    )


def written_out(network: Network, row: int, entering: np.ndarray, node: complex) -> np.ndarray:
    """Return the transform of every mass: (s - A) m = b, with A put together rate by rate."""
    rates = np.diag(-network.losses[row])

    def passes(giver: int, taker: int, rate: float) -> None:
        rates[taker, giver] += rate
        rates[giver, giver] -= rate

    for cell in range(CELLS):
        passes(cell, cell + 1, network.up[row, cell])
        passes(cell + 1, cell, network.down[row, cell])
    for cell in range(network.cord_mL.shape[1]):
        beside, cord = network.first_cord_cell + cell, CELLS + 1 + cell
        passes(beside, cord, network.to_cord[row, cell])
        passes(cord, beside, network.from_cord[row, cell])
    return np.linalg.solve(node * np.eye(len(rates)) - rates, entering)


TREES = [tree(1, 2), tree(2, 0), tree(2, 3), tree(3, 1), tree(3, 2, alike=True)]


@pytest.mark.parametrize("network", TREES, ids=["one", "two below", "two above", "three", "three alike"])
@pytest.mark.parametrize("by_cord", [False, True])
@pytest.mark.parametrize("lowest", [0, 2, 5])
def test_every_tap_is_what_the_whole_system_says(network: Network, lowest: int, *, by_cord: bool) -> None:
    chance = np.random.default_rng(9)
    cord_cells = network.cord_mL.shape[1]
    source = chance.uniform(0.5, 1, (PATIENTS, CELLS + 1))
    source[:, :lowest] = 0
    cord_source = chance.uniform(0, 1, (PATIENTS, cord_cells)) if by_cord else None
    csf = chance.uniform(0, 1, (PATIENTS, CELLS + 1))
    cord = chance.uniform(0, 1, (PATIENTS, cord_cells))
    partly = cord.copy()
    partly[:, 0] = 0
    gains, rates = chance.uniform(0.5, 2, (2, 2, PATIENTS))
    below = ((gains[0], rates[0]), (gains[1], rates[1]))
    taps = [Tap(csf), Tap(0 * csf, cord), Tap(csf, partly, below), Tap(csf, 0 * cord)]

    found = transfer(network, source, taps, NODES, cord_source)

    assert found.shape == (4, PATIENTS, len(NODES))
    for row in range(PATIENTS):
        entering = np.append(source[row], np.zeros(cord_cells) if cord_source is None else cord_source[row])
        for column, node in enumerate(NODES):
            mass = written_out(network, row, entering, node)
            down = gains[0, row] / (rates[0, row] + node) * gains[1, row] / (rates[1, row] + node)
            expected = [
                csf[row] @ mass[: CELLS + 1],
                cord[row] @ mass[CELLS + 1 :],
                (csf[row] @ mass[: CELLS + 1] + partly[row] @ mass[CELLS + 1 :]) * down,
                csf[row] @ mass[: CELLS + 1],
            ]
            assert found[:, row, column] == pytest.approx(np.array(expected), rel=1e-12)


def test_what_enters_and_is_looked_at_stays_as_it_was() -> None:
    network, source = TREES[3], np.ones((PATIENTS, CELLS + 1))
    rates = [network.up.copy(), network.loss.copy()]

    transfer(network, source, [Tap(source)], NODES)

    assert (source == 1).all()
    assert np.array_equal(network.up, rates[0])
    assert np.array_equal(network.loss, rates[1])


def test_a_tap_of_some_patients_keeps_all_that_is_theirs() -> None:
    csf, cord = np.arange(12.0).reshape(3, 4), np.arange(6.0).reshape(3, 2)
    tap = Tap(csf, cord, ((np.array([1.0, 2, 3]), np.array([4.0, 5, 6])),))

    some, bare = tap.rows(slice(1, 3)), Tap(csf).rows(slice(1, 3))

    assert np.array_equal(some.csf, csf[1:])
    assert some.cord is not None
    assert np.array_equal(some.cord, cord[1:])
    assert [[part.tolist() for part in stage] for stage in some.cascade] == [[[2, 3], [5, 6]]]
    assert np.array_equal(bare.csf, csf[1:])
    assert bare.cord is None
    assert bare.cascade == ()
