"""Without the demonstration everything else runs; and the demonstration never runs beside a real patient."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
from pathlib import Path

import pytest

from builders.served import environment, get, run, serving

CLINIC = {"THECAL_MODE": "clinic"}

AN_ORDER = """
import os
from datetime import UTC, datetime

os.environ["DJANGO_SETTINGS_MODULE"] = "thecal.main.settings"
import django
django.setup()
from django.apps import apps
from django.conf import settings

from thecal.clinic.implants import services as implants
from thecal.clinic.ledger import queries as ledger
from thecal.clinic.orders import queries, services
from thecal.clinic.orders.case import ImplantCase
from thecal.clinic.orders.dose_form import DoseForm
from thecal.clinic.orders.proof import check_orders
from thecal.clinic.orders.signing import KeysOnRecord
from thecal.clinic.people import services as people
from thecal.clinic.people.access import Actor
from thecal.lab.bench import Bench
from thecal.therapy import report_bytes

assert not {"demonstration", "demo"} & {config.label for config in apps.get_app_configs()}
now = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
actor = Actor(ref="clinician:test", name="A clinician", invented=True)
bench = Bench.start(now=now)
read = bench.known.interrogation
implant = implants.place(
    people.know_invented_patient(bench.patient),
    serial=read.status.serial, model=read.capability.model, placed_at=now, actor=actor,
)
services.enrol("2468", actor=actor, now=now)
case = ImplantCase(implant=implant, subject=bench.subject)
form = DoseForm.from_values({"mode": "simple", "daily_dose": "140", "reason": "drowsy"})
reviewed = services.preview(form, case, actor=actor).programmed_digest
command = services.sign_prescription(form, case, pin="2468", reviewed=reviewed, actor=actor, now=now)
signed = services.export_order(command, implant=implant, actor=actor, now=now)
bench.send(signed, KeysOnRecord())
services.receive_report(report_bytes(bench.session_report), implant=implant, actor=actor, now=now)
print(queries.order(command, implant=implant, actor=actor).state, check_orders(), ledger.verify().count)
"""

A_REAL_PATIENT = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "thecal.main.settings"
import django
django.setup()
from thecal.clinic.people.models import PatientRecord
PatientRecord.objects.create(ref="patient-1", invented=False)
"""


def python(folder: Path, script: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_in_clinic_mode_the_server_runs_and_lets_nobody_in(tmp_path: Path) -> None:
    with serving(tmp_path, **CLINIC) as (address, lines):
        status, text, _ = get(f"{address}/healthz")
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(f"{address}/")
        with pytest.raises(urllib.error.HTTPError) as no_bench:
            get(f"{address}/training/accidents")
        page = refused.value.read().decode()
        refused.value.close()
        no_bench.value.close()

    assert (status, text) == (200, "ok")
    assert "nobody can sign in yet" in "".join(lines)
    assert refused.value.code == 403
    assert "No one is signed in" in page
    assert "STOP pump" not in page
    assert no_bench.value.code == 404
    assert run(tmp_path, "verify-ledger", **CLINIC).returncode == 0


def test_without_the_demonstration_an_order_goes_out_and_its_report_comes_back(tmp_path: Path) -> None:
    with serving(tmp_path, **CLINIC):
        pass

    done = python(tmp_path, AN_ORDER, **CLINIC)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["verified", "1", "5"]


def test_the_demonstration_refuses_a_database_with_a_real_patient(tmp_path: Path) -> None:
    with serving(tmp_path, **CLINIC):
        pass
    assert python(tmp_path, A_REAL_PATIENT, **CLINIC).returncode == 0

    refused = run(tmp_path, "serve", "--port", "0")

    assert refused.returncode == 1
    assert "holds 1 real patient:" in refused.stderr
    assert "THECAL_MODE=clinic" in refused.stderr
    assert not (tmp_path / "signing-key.pem").exists()


def test_a_database_with_a_demonstration_is_verified_in_either_mode(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass

    for mode in ({}, CLINIC):
        verified = run(tmp_path, "verify-ledger", **mode)
        assert (verified.returncode, verified.stderr) == (0, "")
    with serving(tmp_path, **CLINIC) as (address, _):
        assert get(f"{address}/healthz")[0] == 200


def test_an_unknown_mode_is_refused_by_its_name(tmp_path: Path) -> None:
    refused = run(tmp_path, "serve", THECAL_MODE="hospital")

    assert refused.returncode != 0
    assert "THECAL_MODE: 'hospital' is none of demonstration, clinic" in refused.stderr
