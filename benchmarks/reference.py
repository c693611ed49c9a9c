"""The reference problem of every benchmark, and the oracle that judges every solver.

Thirty days of the shipped body: a flex day of six steps at odd times, a 10-minute bolus each week, a refill on day
14 whose new concentration arrives as a plug; hourly samples; seven outputs (spinal fluid at four sites, plasma,
the effect sites of legs and arms) and the two scores made of the last two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import expm

from thecal.body import SITES, Anatomy, Ensemble, Implant, Inflow, Patients, draw_patients, load_parameters
from thecal.body.catheter.implant import through_catheter
from thecal.body.effects.tone import tone
from thecal.body.engine import Drive, InputRoute, Tap

IMPLANT = Implant(tip_level="T10", catheter_length_cm=80, primed_with_ug_mL=500)
DAY = ((0.0, 4.2), (6.5, 14.0), (9.1, 6.0), (13.25, 10.0), (18.0, 16.5), (21.77, 6.3))
BOLUS_H, BOLUS_UG_H = 11.37, 300.0
NAMES = (*(f"csf {site}" for site in SITES), "plasma", "legs", "arms")
SEED = 20261122


def program(days: int = 30) -> Inflow:
    """Return what leaves the pump."""
    edges, rates, strengths = [], [], []
    for day in range(days):
        steps = list(DAY)
        if day % 7 == 3:
            steps += [(BOLUS_H, BOLUS_UG_H), (BOLUS_H + 1 / 6, 6.0)]
        for hour, ug_h in sorted(steps):
            edges.append(24 * day + hour)
            rates.append(ug_h)
            strengths.append(500.0 if day < 14 else 2000.0)
    return Inflow([*edges, 24.0 * days], np.array(rates) / strengths, np.array(strengths))


@dataclass(frozen=True)
class Coarse(Anatomy):
    """A grid too coarse for use, to see how time and error scale."""

    cells_per_cm: float = 0.5

    def __post_init__(self) -> None:
        """Allow what the body refuses."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Patients, a grid and a number of days."""

    patients: Patients
    cells: int = 60
    days: int = 30

    @classmethod
    def of(cls, count: int, cells: int = 60, days: int = 30) -> Problem:
        """Return the typical patient for a count of 1, with drawn ones for more."""
        return cls(draw_patients(load_parameters(), count - 1, SEED), cells, days)

    @cached_property
    def ensemble(self) -> Ensemble:
        grid = Anatomy(self.cells // 60) if self.cells >= 60 else Coarse(self.cells / 60)
        return Ensemble(self.patients, grid)

    @cached_property
    def samples_h(self) -> np.ndarray:
        return np.arange(1.0, 24.0 * self.days + 0.5)

    @cached_property
    def inflow(self) -> Inflow:
        return program(self.days)

    @property
    def drive(self) -> Drive:
        tip = through_catheter(self.inflow, IMPLANT)
        return Drive.stepwise(tip.edges_h, tip.rate_ug_h)

    @property
    def routes(self) -> list[InputRoute]:
        return [InputRoute(self.ensemble.tip_shares(IMPLANT.tip_level), self.drive)]

    @property
    def taps(self) -> list[Tap]:
        body = self.ensemble
        return [*(body.csf_tap(site) for site in SITES), body.plasma_tap, *body.effect_taps]

    def scores(self, sites: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Return both scores of the effect sites of legs and arms; shapes ``(2, P, T)``."""
        out = np.empty_like(sites) if out is None else out
        for site, score, before in zip(sites, out, ("tone_legs_before", "tone_arms_before"), strict=True):
            np.maximum(site, 0.0, out=site)
            tone(
                site, before=self.patients[before], ec50_ng_mL=self.patients["ec50_ng_mL"],
                steepness=self.patients["effect_steepness"], out=score,
            )  # fmt: skip
        return out


@dataclass(frozen=True, eq=False)
class System:
    """One patient as dx/dt = A x + b u and y = C x, in an order that keeps A's tree within two of its diagonal.

    States are spinal cells from below, each followed by its piece of cord, the cranium, plasma, legs, arms; masses
    in ug, the effect sites in ng/mL.
    """

    matrix: np.ndarray
    source: np.ndarray
    readout: np.ndarray

    @classmethod
    def of(cls, problem: Problem, patient: int = 0) -> System:
        body, net = problem.ensemble, problem.ensemble.network
        cells, first = net.cells, net.first_cord_cell
        place = {}
        for cell in range(cells):
            place["csf", cell] = len(place)
            if cell >= first:
                place["cord", cell - first] = len(place)
        for name in (("csf", cells), "plasma", "legs", "arms"):
            place[name] = len(place)
        a = np.zeros((len(place), len(place)))

        def flow(start: object, end: object, rate: float) -> None:
            a[place[end], place[start]] += rate
            a[place[start], place[start]] -= rate

        for cell in range(cells):
            flow(("csf", cell), ("csf", cell + 1), net.up[patient, cell])
            flow(("csf", cell + 1), ("csf", cell), net.down[patient, cell])
        for cell in range(cells + 1):
            flow(("csf", cell), "plasma", net.loss[patient, cell])
        for piece in range(net.cord_mL.shape[1]):
            flow(("csf", first + piece), ("cord", piece), net.to_cord[patient, piece])
            flow(("cord", piece), ("csf", first + piece), net.from_cord[patient, piece])
        value = {name: float(of[patient]) for name, of in problem.patients.values.items()}
        a[place["plasma"], place["plasma"]] -= value["plasma_clearance_L_h"] / value["plasma_volume_L"]
        for site, tap in zip(("legs", "arms"), body.effect_taps, strict=True):
            delay = value["effect_delay_per_h"]
            a[place[site], place[site]] = -delay
            for piece in range(net.cord_mL.shape[1]):
                a[place[site], place["cord", piece]] += delay * tap.cord[patient, piece]
        source, readout = np.zeros(len(place)), np.zeros((7, len(place)))
        for cell, share in enumerate(body.tip_shares(IMPLANT.tip_level)[patient]):
            source[place["csf", cell]] = share
        for row, site in enumerate(SITES):
            for cell, weight in enumerate(body.csf_tap(site).csf[patient]):
                readout[row, place["csf", cell]] = weight
        readout[4, place["plasma"]] = 1 / value["plasma_volume_L"]
        readout[5, place["legs"]] = readout[6, place["arms"]] = 1.0
        return cls(a, source, readout)


def oracle(
    problem: Problem, patient: int = 0, drive: Drive | None = None, samples_h: np.ndarray | None = None
) -> np.ndarray:
    """Return the seven outputs of one patient by dense matrix exponentials on the merged grid; shape ``(7, T)``."""
    system = System.of(problem, patient)
    drive = drive or problem.drive
    samples = problem.samples_h if samples_h is None else samples_h
    n = len(system.matrix)
    wide = np.zeros((n + 1, n + 1))
    wide[:n, :n], wide[:n, n] = system.matrix, system.source
    grid = np.unique(np.concatenate((samples, drive.at_h[drive.at_h < samples[-1]])))
    jumps = dict(zip(drive.at_h.tolist(), drive.jumps_ug_h.tolist(), strict=True))
    wanted = dict(zip(samples.tolist(), range(len(samples)), strict=True))
    out = np.empty((7, len(samples)))
    state, rate, before = np.zeros(n), 0.0, float(grid[0])
    kept: dict[float, np.ndarray] = {}
    for moment in grid.tolist():
        length = round(moment - before, 12)
        if length:
            if length not in kept:
                kept[length] = expm(wide * length)
            state = kept[length][:n, :n] @ state + kept[length][:n, n] * rate
        if moment in wanted:
            out[:, wanted[moment]] = system.readout @ state
        rate += jumps.get(moment, 0.0)
        before = moment
    return out


def error(found: np.ndarray, exact: np.ndarray) -> float:
    """Return the largest error over the largest value of each output, the worst of them."""
    return float(np.max(np.max(np.abs(found - exact), axis=-1) / np.max(np.abs(exact), axis=-1)))
