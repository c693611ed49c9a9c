"""The log is for the person on call: it holds nobody's name, dose, reason or PIN."""

from __future__ import annotations

import logging

import pytest

from builders.clinic import ACTOR, Clinic
from thecal.clinic.demonstration import services
from thecal.clinic.orders import errors

PIN = "73918264"
DOSE = "137.25"
REASON = "canary in the reason"


def test_no_canary_reaches_the_log(clinic: Clinic, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    form = clinic.form(daily_dose=DOSE, reason=REASON)
    services.preview(form, actor=ACTOR)
    with pytest.raises(errors.SignatureRefusedError):
        clinic.sign(form, pin=PIN)
    with pytest.raises(errors.ProposalError):
        services.preview(clinic.form(daily_dose=f"{DOSE} mL"), actor=ACTOR)
    clinic.send(clinic.sign(form))
    for cut in ("command-answer-lost", "dead"):
        clinic.link(cut)
        clinic.stop()
    clinic.link("good")
    clinic.interrogate()
    services.start_over(actor=ACTOR, now=clinic.page.now)

    written = caplog.text
    assert "outcome of an order" in written
    assert "signature refused" in written
    names = [word for line in clinic.bench_page.patient_summary for word in line.split(",")[:1]]
    for canary in (PIN, DOSE, REASON, ACTOR.name, *names):
        assert canary not in written
