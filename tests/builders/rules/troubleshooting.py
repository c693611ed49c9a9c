"""Examples of the next test of catheter and pump."""

from dataclasses import replace

from builders.rules.example import Example
from thecal.dosing.troubleshooting import DoneTests

ALL_NORMAL = DoneTests(
    interrogated=True,
    pump_fault=False,
    residual_agrees=True,
    imaged=True,
    image_abnormal=False,
    aspirated=True,
    dye_abnormal=False,
)


def _next(row: str, gives: str, **changed: bool | None) -> Example:
    return Example(
        table="troubleshooting.next-test", row=row, facts=replace(ALL_NORMAL, **changed), gives=gives
    )


EXAMPLES = (
    _next("interrogate", "interrogate the pump", interrogated=False),
    _next("pump", "look for a fault of pump or refill", pump_fault=True),
    _next("pump", "look for a fault of pump or refill", residual_agrees=False),
    _next("image", "X-ray of pump and catheter", imaged=False),
    _next("image", "X-ray of pump and catheter", imaged=False, residual_agrees=False, pump_examined=True),
    _next("image-abnormal", "revise the catheter", image_abnormal=True),
    _next("aspirate", "aspirate the access port", aspirated=None),
    _next("no-aspirate", "inject nothing; indium study or exploration", aspirated=False),
    _next("dye", "contrast study; prime the catheter afterwards", dye_abnormal=None),
    _next("dye-abnormal", "revise the catheter", dye_abnormal=True),
    _next("nothing-found", "a fault is not excluded: indium study, trigger, second opinion"),
)
