"""Drug libraries and keys to sign them with."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thecal.dosing.drugs import Bounds, Entry, Library, Use
from thecal.quantities import DoseRate, Mass, Volume
from thecal.therapy import ForgedError

STABILITY = timedelta(days=180)


def bounds(daily: str, hourly: str, bolus: str, minutes: int) -> Bounds:
    return Bounds(
        daily_dose=DoseRate(ug_per_day=Decimal(daily)),
        hourly_dose=Mass(ug=Decimal(hourly)),
        bolus=Mass(ug=Decimal(bolus)),
        shortest_bolus=timedelta(minutes=minutes),
    )


def entry(mg: str, mL: str, use: Use = Use.PUMP, product: str = "baclofen intrathecal") -> Entry:
    return Entry(
        product=f"{product} {mg} mg / {mL} mL",
        drug="baclofen",
        mass=Mass(ug=Decimal(mg) * 1000),
        volume=Volume(mL=Decimal(mL)),
        use=use,
        stability=STABILITY,
        soft=bounds("800", "90", "50", 10),
        hard=bounds("2003", "100", "100", 5),
        typical_daily_dose=DoseRate(ug_per_day=Decimal(350)) if use is Use.PUMP else None,
    )


def library(*entries: Entry) -> Library:
    return Library(
        hospital="the hospital",
        version=3,
        approved_by="the chief pharmacist",
        approved_on=date(2026, 3, 1),
        entries=entries or (entry("10", "20"), entry("40", "20"), entry("0.05", "1", Use.TRIAL)),
    )


@dataclass
class Key:
    """A signing key that also knows itself."""

    key_id: str = "key-1"

    def __post_init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()

    def sign(self, document: bytes) -> bytes:
        return self._private.sign(document)

    def verify(self, document: bytes, signature: bytes, *, key_id: str) -> None:
        if key_id != self.key_id:
            raise ForgedError(f"the key {key_id} is not known")
        try:
            self._private.public_key().verify(signature, document)
        except InvalidSignature as error:
            raise ForgedError("the signature is not that key's") from error
