"""The numbers that the outlook chooses, each with its reason; what the rules choose stands in ``dosing``."""

from __future__ import annotations

VISITS_DAYS = (7, 28)
"""Days ahead at which tone is predicted: the next visit while a dose is titrated, and a month on. Assumed."""
PATIENTS = 200
"""Patients drawn who could be this one: the edges of a 90 % band are then good to about 0.1 grade."""
SEED = 1989
"""Of the draw, unless another is given: the year of Penn's trial."""
PERCENT = (5.0, 50.0, 95.0)
"""Low, middle and high of every band: 90 %."""

PAST_DAYS = 180.0
"""How far back doses and scores count: what a patient is used to follows with 14 days, and a score of half a
year ago may be of another course of the disease. Assumed."""
SETTLING_HOURS = 48.0
"""So long after a dose that is not known, scores count again: by the label an infusion has its full effect
after 24 to 48 h, and the model's tone is quicker."""
GAP_SHARES = (0.0, 0.5, 1.0)
"""Where a dose is not known, as many patients have the least that is plausible, the middle, the most."""

MODEL_ERROR_GRADES = 0.3
"""SD of how far a real patient's tone lies from any patient of the model, grades. Tuned on patients of
another structure, on seeds of their own, until 90 % bands held 90 % or more (docs/science/advice.md)."""
POPULATION_ERROR_GRADES = 0.6
"""The same where no score of the patient counts: then the whole population may be another one."""
GAIN_ERROR_SHARE = 0.3
"""SD of what a real change of dose gains, over what the model says; tuned in the same way. Two programs of
one patient share their other errors."""
PATTERN_ERROR_SHARE = 0.7
"""The same for a change of the pattern alone: a body slower than the model's smooths a pattern away."""
GAIN_ERROR_GRADES = 0.02
"""SD of the rest of a real gain, grades; tuned in the same way."""
DECIMALS = 4
"""Kept of every result: a replay on another processor differs by less."""
TIP_LEVEL = "T10"
"""Where the catheter ends, for a history does not say: the usual level."""

LEAST_GAIN_GRADES = 0.5
"""Less gain at the hours of a goal than half a grade is no difference that an examiner would find: the error
of one examination is 0.58 grade."""
USEFUL_TONE_GRADE = 2.0
"""Ashworth 1-5 below which tone no longer supports: below a slight increase with a catch. Assumed; where
useful tone is kept now, the floor lies no higher than half a grade below the tone that is predicted now."""

STOP_WATCH_HOURS = 120.0
"""How long a sudden stop is followed: the model's withdrawal signal is highest after four to five days."""
WITHDRAWAL_THRESHOLD = 0.25
"""Of the withdrawal signal, 0 to 1; half of what the typical patient reaches. Assumed; it orders options."""
REBOUND_SHARE = 0.5
"""Share of what the drug takes from tone, whose return counts as tone that is back. Assumed."""

SPASM_COUNT_SD = 0.7
"""Penn grades: error of one count of spasms. Assumed: no agreement of examiners was found."""
TEACHING_HOURS = (4.0, 24.0, 48.0)
"""Hours after a change at which a score could be taken: the effect builds up, has built up, and is steady."""
