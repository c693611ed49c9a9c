"""Raw counters that a pump never resets: every date of its life is recomputed from them (ITB-108)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What a life has come to.

    Attributes:
        radio_us: how long a wand was in contact, in microseconds.
        tones: how often its alarms have sounded.
        resets: how often it started anew.
        extra_uC: charge that leaked away without work, in microcoulombs (a film on the battery).
    """

    radio_us: int = 0
    tones: int = 0
    resets: int = 0
    extra_uC: int = 0

    def __post_init__(self) -> None:
        """Refuse a counter below zero."""
        if min(self.radio_us, self.tones, self.resets, self.extra_uC) < 0:
            raise ValueError(f"raw counters only go up, got {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a pump's raw counters showed at one moment; no date stands in it.

    Attributes:
        lived_us: microseconds since implantation.
        counts: quanta counted.
        counters: the rest.
    """

    lived_us: int
    counts: int
    counters: Counters

    def __post_init__(self) -> None:
        """Refuse a counter below zero."""
        if min(self.lived_us, self.counts) < 0:
            raise ValueError(f"raw counters only go up, got {self}")

    def precedes(self, later: Reading) -> bool:
        """Say whether no counter had gone down by a later reading."""
        return (
            self.lived_us <= later.lived_us
            and self.counts <= later.counts
            and self.counters.radio_us <= later.counters.radio_us
            and self.counters.tones <= later.counters.tones
            and self.counters.resets <= later.counters.resets
            and self.counters.extra_uC <= later.counters.extra_uC
        )
