"""A child's proportions: the adult's canal made shorter, plasma by weight.

Assumed: the canal's length, and with it the volumes of spinal fluid and cord, go with height; its
cross-section, the fluid of the head and its production are an adult's from 4 years on; the cord answers as an
adult's does.
Weight for height, and height for age, are held to what is broadly possible: wide limits, assumed.
Measured: clearance and volume by weight (He 2014, 49 children of 2 to 17 years with cerebral palsy [V]).
"""

from __future__ import annotations

from dataclasses import replace

from thecal.body.bounds import number, one_of
from thecal.body.population.parameters import Law, Parameters

ADULT_HEIGHT_CM = 170.0
"""Height of the adult whose canal the parameters describe; assumed."""
_YOUNGEST, _OLDEST = 4.0, 18.0
_CLEARANCE_OVER_F_L_H_KG, _CLEARANCE_CV = 0.273, 0.334
_VOLUME_OVER_F_L_KG, _VOLUME_CV = 1.16, 0.439
_HE = "He 2014, J Pediatr (49 children with cerebral palsy)"
_LEAST_BMI, _MOST_BMI = 8.0, 60.0
"""Weight over height squared, kg/m2, of the thinnest and the heaviest child taken. Assumed."""
_TALLEST_AT_BIRTH_CM, _GROWN_A_YEAR_CM = 106.0, 6.0
"""A line above every child of 4 years and more: 130 cm at 4, 214 cm at 18. Assumed."""


def child(parameters: Parameters, *, age_years: float, height_cm: float, weight_kg: float) -> Parameters:
    """Return the parameters of a child.

    >>> from thecal.body import load_parameters
    >>> adult = load_parameters()
    >>> small = child(adult, age_years=8, height_cm=127.5, weight_kg=26)
    >>> round(small["spinal_csf_mL"].value / adult["spinal_csf_mL"].value, 3)
    0.75

    What is known of the child (``Parameters.knowing``) is kept.

    Args:
        parameters: an adult's, with groups and what is known; posture and hour come after.
        age_years: 4 to 18; below 4 safety is not established (US label), and nothing here is known.
        height_cm: 80 to 200.
        weight_kg: 10 to 120.

    Raises:
        ValueError: an age, height or weight out of range or that do not go together; parameters of a child
            already, of an oral population (adults), another molecule or an animal, or changed by posture.
    """
    one_of("parameters", parameters, Parameters, allowed="Parameters, as load_parameters returns them")
    number("age_years", age_years, "years", low=_YOUNGEST, high=_OLDEST, source="4 years and over, US label")
    number("height_cm", height_cm, "cm", low=80, high=200)
    number("weight_kg", weight_kg, "kg", low=10, high=120)
    tallest_cm = _TALLEST_AT_BIRTH_CM + _GROWN_A_YEAR_CM * age_years
    number(f"height_cm at {age_years:g} years", height_cm, "cm", low=80, high=tallest_cm, source="assumed")
    square_m2 = (height_cm / 100) ** 2
    number(
        f"weight_kg at {height_cm:g} cm",
        weight_kg,
        "kg",
        low=_LEAST_BMI * square_m2,
        high=_MOST_BMI * square_m2,
        source=f"{_LEAST_BMI:g} to {_MOST_BMI:g} kg/m2, assumed",
    )
    what = f"a child of {age_years:g} years"
    parameters.check_step("child", what)
    shorter = height_cm / ADULT_HEIGHT_CM
    table = {}
    for name in ("canal_length_cm", "spinal_csf_mL", "cord_volume_mL"):
        adult = parameters[name]
        table[name] = replace(
            adult,
            value=adult.value * shorter,
            sd=adult.sd * shorter if adult.law is Law.NORMAL else adult.sd,
            sureness="assumed",
            how=f"in proportion to height, {height_cm:g} cm over an adult's {ADULT_HEIGHT_CM:g}",
        )
    available = parameters["oral_bioavailability"].value
    whose = "known" if "oral_bioavailability" in parameters.known else "Agarwal 2015"
    for name, per_kg, cv, unit in (
        ("plasma_clearance_L_h", _CLEARANCE_OVER_F_L_H_KG, _CLEARANCE_CV, "L/h/kg"),
        ("plasma_volume_L", _VOLUME_OVER_F_L_KG, _VOLUME_CV, "L/kg"),
    ):
        table[name] = replace(
            parameters[name],
            value=available * per_kg * weight_kg,
            law=Law.LOGNORMAL,
            sd=cv,
            sureness="D",
            source=f"{available:g} ({whose}) x {per_kg:g} {unit} x {weight_kg:g} kg, {_HE}",
        )
    return parameters.changed("child", what, table, uses=("oral_bioavailability",))
