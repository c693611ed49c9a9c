"""Pump and catheter models in full: what a twin is built of, beside what a program is compiled against.

The volume that is there (geometric) and the volume a programmer primes by are different numbers with
different names: one was withdrawn because the two were taken for the same (TGA RC-2017-RN-00065-1; ITB-052).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from thecal.pump.catalogue import Figure, inherited, read_catalogue, read_figure, read_tables
from thecal.pump.errors import CatalogueError
from thecal.pump.surroundings import check_bounds
from thecal.quantities import Volume, exactly, write_volume

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from thecal.therapy import Capability

ENGINEERING = {
    "geometric_tubing": "mL",
    "prime_tubing": "mL",
    "withdrawn_prime_tubing": "mL",
    "ripple": "fraction",
    "ripple_quanta": "quanta",
    "wear": "ppm per million quanta",
    "gain_sd": "fraction",
    "temperature_effect": "fraction per degree C",
    "pressure_effect": "fraction per 100 mmHg",
    "coldest": "degrees C",
    "warmest": "degrees C",
    "highest": "mmHg below sea level",
    "deepest_dive": "m of water",
    "deepest": "cm",
    "pressure_low": "mmHg",
    "pressure_high": "mmHg",
    "compliance": "mL per 100 mmHg",
    "eri_days": "days",
    "life_days": "days",
    "battery": "mAh",
    "idle_current": "uA",
    "quantum_charge": "mC",
    "radio_current": "mA",
    "tone_charge": "mC",
    "clock_error": "s",
    "clock_drift": "ppm",
    "battery_error": "fraction",
    "critical_interval": "s",
    "non_critical_interval": "s",
    "stopped_alarm": "s",
    "mri_dump": "mL",
    "level_error": "mL",
}
"""Every figure that a twin is built of beside its capability, with its unit; a withdrawn one may lack."""

CATHETER = {"length": "cm", "geometric_bore": "mL/cm", "prime_bore": "mL/cm"}
"""Every figure of a catheter."""


_MAY_LACK = frozenset({"withdrawn_prime_tubing"})
_Model = TypeVar("_Model")


class DriveKind(StrEnum):
    """How a pump moves fluid."""

    ROTOR = "rotor"
    VALVE = "valve"


class Standing(StrEnum):
    """Where a model stands in the world."""

    OWN = "our own design"
    MARKET = "on the market"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class PumpModel:
    """A pump model.

    Attributes:
        capability: what a program is compiled against.
        drive: how it moves fluid.
        standing: on the market, history, or our own.
        engineering: every other figure, by the names of ``ENGINEERING``.
    """

    capability: Capability
    drive: DriveKind
    standing: Standing
    engineering: Mapping[str, Figure]

    @property
    def name(self) -> str:
        """The model's name."""
        return self.capability.model

    def number(self, figure: str) -> Decimal:
        """Return one engineering figure in the unit that ``ENGINEERING`` gives it.

        Raises:
            KeyError: a model without that figure.
        """
        return self.engineering[figure].value

    def with_figure(self, figure: str, value: Decimal, *, source: str) -> PumpModel:
        """Return the model with one engineering figure configured anew; its source says by whom.

        Raises:
            CatalogueError: no such figure, below zero, without a source, or one by which the model would
                leave its tolerance within the bounds of its surroundings.
        """
        if figure not in ENGINEERING:
            raise CatalogueError(f"{figure!r} is no figure of a pump; known: {', '.join(ENGINEERING)}")
        row = {"value": value, "unit": ENGINEERING[figure], "source": source, "sureness": "assumed"}
        read = read_figure(f"{self.name}, {figure}", ENGINEERING[figure], row, or_zero=True)
        model = replace(self, engineering=MappingProxyType({**self.engineering, figure: read}))
        check_bounds(model.capability, model.engineering, pushed=model.is_pushed)
        return model

    @property
    def is_pushed(self) -> bool:
        """Whether gas alone moves the drug: valves let it through, and no rotor draws it."""
        return self.drive is DriveKind.VALVE

    @property
    def unverified(self) -> tuple[str, ...]:
        """The engineering figures that nobody has read in a source."""
        return tuple(name for name, figure in self.engineering.items() if not figure.verified)


@dataclass(frozen=True, slots=True)
class CatheterModel:
    """A catheter model, with the figures named in ``CATHETER``."""

    name: str
    figures: Mapping[str, Figure]

    def geometric_volume(self, implanted_cm: Decimal, pump: PumpModel) -> Volume:
        """Return the dead volume that is there: the pump's tubing and this length of catheter."""
        return self._volume("geometric", implanted_cm, pump)

    def prime_volume(self, implanted_cm: Decimal, pump: PumpModel) -> Volume:
        """Return the dead volume that a programmer primes by."""
        return self._volume("prime", implanted_cm, pump)

    def _volume(self, which: str, implanted_cm: Decimal, pump: PumpModel) -> Volume:
        longest = self.figures["length"].value
        if not 0 < implanted_cm <= longest:
            raise CatalogueError(
                f"implanted length: {implanted_cm} cm is outside what is allowed, above 0 cm and up to "
                f"{longest} cm ({self.name} as supplied: {self.figures['length'].source})"
            )
        bore = self.figures[f"{which}_bore"].value
        return Volume(mL=pump.number(f"{which}_tubing") + exactly(bore, implanted_cm))


def check_prime_tubing(pump: PumpModel, tubing: Volume) -> None:
    """Refuse to prime by a tubing volume that was withdrawn for this pump (ITB-052).

    Raises:
        CatalogueError: the withdrawn value, or any other than the table's.
    """
    allowed, figure = pump.number("prime_tubing"), pump.engineering["prime_tubing"]
    if tubing.mL == allowed:
        return
    withdrawn = pump.engineering.get("withdrawn_prime_tubing")
    why = f"it was withdrawn: {withdrawn.source}" if withdrawn and withdrawn.value == tubing.mL else "unknown"
    raise CatalogueError(
        f"prime tubing volume: {write_volume(tubing)} is refused for {pump.name} ({why}); allowed is "
        f"{write_volume(Volume(mL=allowed))} ({figure.source})"
    )


@cache
def load_models() -> Mapping[str, PumpModel]:
    """Return every pump model of the shipped catalogue by its name."""
    return MappingProxyType(read_models(_shipped()))


@cache
def load_catheters() -> Mapping[str, CatheterModel]:
    """Return every catheter model of the shipped catalogue by its name."""
    return MappingProxyType(read_catheters(_shipped()))


def pump_model(name: str) -> PumpModel:
    """Return a pump model of the shipped catalogue.

    Raises:
        CatalogueError: no such model; the message names those there are.
    """
    return _one_of(load_models(), name, "pump model")


def catheter_model(name: str) -> CatheterModel:
    """Return a catheter model of the shipped catalogue.

    Raises:
        CatalogueError: no such model; the message names those there are.
    """
    return _one_of(load_catheters(), name, "catheter model")


def read_models(text: str) -> dict[str, PumpModel]:
    """Read the pump models of a catalogue.

    Raises:
        CatalogueError: a figure that is missing, unknown, not a number or without its unit, source or
            sureness; or a drive or standing that is none.
    """
    tables, models = read_tables(text, "model"), {}
    for name, capability in read_catalogue(text).items():
        given = inherited(name, tables)
        rows = inherited(name, tables, part="engineering")
        try:
            drive, standing = DriveKind(str(given.get("drive"))), Standing(str(given.get("standing")))
        except ValueError as error:
            raise CatalogueError(f"{name}: {error}") from error
        figures = _figures(name, rows, ENGINEERING, _MAY_LACK)
        models[name] = PumpModel(capability, drive, standing, MappingProxyType(figures))
        check_bounds(capability, figures, pushed=models[name].is_pushed)
    return models


def read_catheters(text: str) -> dict[str, CatheterModel]:
    """Read the catheter models of a catalogue.

    Raises:
        CatalogueError: as in ``read_models``.
    """
    tables = read_tables(text, "catheter")
    return {
        name: CatheterModel(name, MappingProxyType(_figures(name, inherited(name, tables), CATHETER)))
        for name in tables
    }


def _figures(
    name: str, rows: Mapping[str, object], units: Mapping[str, str], may_lack: frozenset[str] = frozenset()
) -> dict[str, Figure]:
    if not units.keys() - may_lack <= rows.keys() <= units.keys():
        wrong = ", ".join(sorted((units.keys() ^ rows.keys()) - may_lack))
        raise CatalogueError(f"{name}: missing or unknown figures: {wrong}")
    return {
        figure: read_figure(f"{name}, {figure}", units[figure], row, or_zero=True)
        for figure, row in rows.items()
    }


def _one_of(models: Mapping[str, _Model], name: str, what: str) -> _Model:
    if name not in models:
        raise CatalogueError(f"{what} {name!r} is not in the catalogue; known: {', '.join(models)}")
    return models[name]


def _shipped() -> str:
    return files("thecal.pump").joinpath("catalogue.toml").read_text(encoding="utf-8")
