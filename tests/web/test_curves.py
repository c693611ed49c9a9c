from __future__ import annotations

import json

from web.conftest import Desk


def test_the_curves_reach_a_week_back_and_a_week_on(desk: Desk) -> None:
    drawn = desk.client.get("/api/curves").json()

    assert drawn["label"] == "model estimate, assumed parameters"
    assert drawn["times"][0] <= drawn["now"] - 6.9 * 86400
    assert drawn["times"][-1] >= drawn["now"] + 6.9 * 86400
    assert [panel["key"] for panel in drawn["panels"]] == [
        "pump_rate",
        "csf_lumbar",
        "csf_thoracic",
        "csf_cervical",
        "plasma",
        "tone_legs",
        "tone_arms",
    ]
    for panel in drawn["panels"]:
        assert len(panel["today"]["mid"]) == len(drawn["times"])
        assert panel["proposed"] is None


def test_a_proposal_is_drawn_from_now_on_beside_todays_program(desk: Desk) -> None:
    drawn = json.loads(desk.preview(mode="simple", daily_dose="240").scripts[0])
    now = drawn["times"].index(drawn["now"])
    rate, lumbar = drawn["panels"][:2]

    assert rate["proposed"]["mid"][:now] == [None] * now
    assert rate["proposed"]["mid"][now] == 10
    assert rate["today"]["mid"][now] == 6.25
    assert lumbar["proposed"]["mid"][-1] > 1.3 * lumbar["today"]["mid"][-1]
    assert lumbar["proposed"]["low"][-1] < lumbar["proposed"]["mid"][-1] < lumbar["proposed"]["high"][-1]


def test_an_order_that_is_open_is_drawn_beside_todays_program(desk: Desk) -> None:
    desk.sign("240")

    rate = desk.client.get("/api/curves").json()["panels"][0]

    assert (rate["today"]["mid"][-1], rate["proposed"]["mid"][-1]) == (6.25, 10)


def test_the_table_says_a_grade_as_a_whole_number_with_its_band(desk: Desk) -> None:
    table = desk.client.get("/api/curves").json()["table"]
    said = {row["what"]: row["cells"] for row in table["rows"]}

    assert table["columns"] == ["quantity", "a week ago, 24 h", "now", "next 24 h", "day 7"]
    for what, cells in said.items():
        assert len(cells) == 4
        if what.startswith("Tone"):
            assert all("." not in cell and "to" in cell for cell in cells)
    assert said["Pump rate, mcg/h"] == ["6.25"] * 4


def test_a_program_in_steps_is_said_with_its_lowest_and_highest_of_the_day(desk: Desk) -> None:
    steps = {
        "pattern": "every day",
        "step_0_0_start": "00:00",
        "step_0_0_amount": "60",
        "step_0_1_start": "18:00",
        "step_0_1_amount": "90",
    }
    drawn = json.loads(desk.preview(mode="flex", **steps).scripts[0])
    said = {row["what"]: row["cells"] for row in drawn["table"]["rows"]}
    rate, lumbar = drawn["panels"][:2]

    assert said["Pump rate, mcg/h, proposed"][2:] == ["3.333 to 15", "3.333 to 15"]
    assert (rate["today"]["day_7"], rate["proposed"]["day_7"]) == ("6.25", "3.333 to 15")
    low, to, high = lumbar["proposed"]["day_7"].split()
    assert to == "to"
    assert float(low) < float(high)


def test_the_curves_are_said_without_scripts_too(desk: Desk) -> None:
    page = desk.open("/curves")

    assert "Tone, legs, Ashworth 1-5" in page.text
    assert "model estimate, assumed parameters" in page.text


def test_the_interface_for_scripts_is_described(desk: Desk) -> None:
    described = desk.client.get("/api/openapi.json").json()

    assert list(described["paths"]) == ["/api/curves"]
    assert desk.client.get("/api/docs").status_code == 404
