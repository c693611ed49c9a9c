"""The implant of a scenario: a pump of the catalogue, its first filling, and the catheter."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.body import TIP_LEVELS, Implant, load_parameters
from thecal.lab.scenario.events import read_concentration_field
from thecal.pump import load_catalogue
from thecal.quantities import Volume, as_decimal, read_volume, write_volume

if TYPE_CHECKING:
    from thecal.lab.scenario.table import Table
    from thecal.quantities import Concentration
    from thecal.therapy import Capability

_LONGEST_CM = Decimal(150)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioImplant:
    """A pump with its catheter, as implanted when the scenario starts.

    Attributes:
        capability: what the pump model can do.
        concentration, fill: of the first filling.
        catheter_cm: implanted length.
        tip: vertebral level of the tip.
        primed: whether tubing and catheter hold the drug at the start; else spinal fluid.
        disperses: whether a change of concentration blurs in the catheter; else it moves as a plug.
        tubing_mL, bore_mL_per_cm, diffusion_cm2_h: of pump and catheter, the shipped ones unless given.
        runs_dry: whether the scenario means the reservoir to run out.
    """

    capability: Capability
    concentration: Concentration
    fill: Volume
    catheter_cm: float
    tip: str
    primed: bool
    disperses: bool
    tubing_mL: float
    bore_mL_per_cm: float
    diffusion_cm2_h: float
    runs_dry: bool

    @property
    def catheter(self) -> Implant:
        """The catheter as the body knows it."""
        inside = float(self.concentration.ug_per_mL) if self.primed else 0.0
        return Implant(
            tip_level=self.tip,
            catheter_length_cm=self.catheter_cm,
            primed_with_ug_mL=inside,
            disperses=self.disperses,
            tubing_mL=self.tubing_mL,
            bore_mL_per_cm=self.bore_mL_per_cm,
            diffusion_cm2_h=self.diffusion_cm2_h,
        )


def read_implant(table: Table) -> ScenarioImplant | None:
    """Read the implant; None where something was wrong with it, which is noted."""
    models = load_catalogue()
    model = table.choice("model", tuple(models))
    capability = models.get(model) or next(iter(models.values()))
    concentration = read_concentration_field(table, "concentration")
    implant = ScenarioImplant(
        capability=capability,
        concentration=concentration,
        fill=read_fill(table, "fill", capability),
        catheter_cm=float(
            table.number(
                "catheter_length", "cm", low=Decimal(0), high=_LONGEST_CM, source="range of the body model"
            )
        ),
        tip=table.choice("tip", TIP_LEVELS),
        primed=table.flag("primed", default=True),
        disperses=table.flag("disperses", default=False),
        tubing_mL=_of_the_catheter(table, "tubing", "tubing_mL"),
        bore_mL_per_cm=_of_the_catheter(table, "bore", "catheter_bore_mL_per_cm"),
        diffusion_cm2_h=_of_the_catheter(table, "diffusion", "catheter_diffusion_cm2_h"),
        runs_dry=table.flag("runs_dry", default=False),
    )
    if table.is_sound and implant.fill <= capability.unusable and not implant.runs_dry:
        refuse_unusable(table, implant.fill, capability)
    if table.is_sound and implant.disperses and not implant.bore_mL_per_cm:
        table.refuse("bore", "is nothing", allowed="above 0 mL/cm in a catheter that disperses")
    table.close(
        "model, concentration, fill, catheter_length, tip, primed, disperses, tubing, bore, diffusion, "
        "runs_dry"
    )
    return implant if table.is_sound else None


def _of_the_catheter(table: Table, name: str, parameter: str) -> float:
    """Read a number of pump and catheter; the shipped one unless given."""
    one = load_parameters().catheter[parameter]
    low, high, usual = (as_decimal(repr(each)) for each in (one.low, one.high, one.value))
    return float(table.number(name, one.unit, low=low, high=high, source=one.source, default=usual))


def refuse_unusable(table: Table, content: Volume, capability: Capability) -> None:
    """Note a filling after which the reservoir holds nothing that the pump can deliver."""
    table.refuse(
        "fill",
        f"leaves {write_volume(content)} in the reservoir, of which the pump can use nothing",
        allowed=f"more than {write_volume(capability.unusable)} in it, or runs_dry = true in [implant]",
        source=capability.source("unusable"),
    )


def read_fill(table: Table, name: str, capability: Capability) -> Volume:
    """Read a filling of the reservoir, at most what it holds."""

    def fits(written: str) -> Volume:
        volume = read_volume(written, field=name)
        if volume.is_zero or volume > capability.reservoir:
            raise ValueError("it is out of range")
        return volume

    return table.read(
        name,
        fits,
        instead=capability.reservoir,
        allowed=f"above 0 mL, up to the {write_volume(capability.reservoir)} that {capability.model} holds",
        source=capability.source("reservoir"),
    )
