"""What ``speed`` compiles: the arithmetic of ``ladder`` and ``schedule`` over again, patient by patient.

Written out in real and imaginary parts, innermost over the nodes, so that the compiler can work on several at
once and nothing leaves the processor's cache. No library is needed to read this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from thecal.body.bounds import Floats

MINUTES, _ROUNDING_S = 61, 1e-7
"""Pumps keep whole seconds: what is kept over up to an hour of them is looked up, the rest calculated."""


def recur(  # noqa: C901, PLR0912, PLR0917 - one loop nest; the compiler takes arrays by place
    node_re: Floats,
    node_im: Floats,
    weight_re: Floats,
    weight_im: Floats,
    kept_re: Floats,
    kept_im: Floats,
    at_h: Floats,
    jumps: Floats,
    amounts: Floats,
    samples_h: Floats,
    near_h: float,
    transforms: Floats,
    answers: Floats,
    out: Floats,
    fresh: Floats,
) -> None:
    """Carry the past from event to event and sample to sample (``schedule.carry``)."""
    nodes, events = len(node_re), len(at_h)
    past_re, past_im = np.zeros(nodes), np.zeros(nodes)
    now, event = samples_h[0] if not events else min(samples_h[0], at_h[0]), 0
    for row in range(len(samples_h)):
        sample = samples_h[row]
        ahead = True
        while ahead:
            ahead = event < events and sample - at_h[event] >= near_h
            until = at_h[event] if ahead else sample
            seconds = (until - now) * 3600
            whole = int(np.rint(seconds))
            if whole < 60 * MINUTES and abs(seconds - whole) < _ROUNDING_S:
                for span in (whole // 60, MINUTES + whole % 60):
                    if span in (0, MINUTES):
                        continue
                    for j in range(nodes):
                        old_re, old_im = past_re[j], past_im[j]
                        past_re[j] = kept_re[span, j] * old_re - kept_im[span, j] * old_im
                        past_im[j] = kept_re[span, j] * old_im + kept_im[span, j] * old_re
            else:
                for j in range(nodes):
                    size, turn = np.exp(node_re[j] * (until - now)), node_im[j] * (until - now)
                    turn_re, turn_im = size * np.cos(turn), size * np.sin(turn)
                    old_re, old_im = past_re[j], past_im[j]
                    past_re[j] = turn_re * old_re - turn_im * old_im
                    past_im[j] = turn_re * old_im + turn_im * old_re
            now = until
            if ahead:
                jump, amount = jumps[event], amounts[event]
                for j in range(nodes):
                    past_re[j] += jump * weight_re[0, j] + amount * weight_re[1, j]
                    past_im[j] += jump * weight_im[0, j] + amount * weight_im[1, j]
                event += 1
        for k in range(len(transforms)):
            answer = 0.0
            for j in range(nodes):
                answer += transforms[k, j] * past_re[j] - transforms[k, nodes + j] * past_im[j]
            answers[k, row] += answer
        if not len(transforms):
            for j in range(nodes):
                out[row, j], out[row, nodes + j] = past_re[j], -past_im[j]
        while event < events and at_h[event] <= sample:
            jump = jumps[event]
            amount = amounts[event] + jump * (sample - at_h[event])
            for j in range(nodes):
                past_re[j] += jump * weight_re[0, j] + amount * weight_re[1, j]
                past_im[j] += jump * weight_im[0, j] + amount * weight_im[1, j]
            fresh[row] += amount
            event += 1


def sweep(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop nest: nothing leaves the processor's cache
    node_re: Floats,
    node_im: Floats,
    up: Floats,
    down: Floats,
    loss: Floats,
    to_cord: Floats,
    from_cord: Floats,
    first: int,
    source: Floats,
    csf: Floats,
    cord: Floats,
    steps: Floats,
    gains: Floats,
    rates: Floats,
    out: Floats,
) -> None:
    """Sweep each patient: pivots upwards, masses downwards, taps on the way (``ladder.transfer``)."""
    patients, cells = up.shape
    nodes = len(node_re)
    last_cord = first + to_cord.shape[1]
    passed_re, passed_im = np.empty((cells, nodes)), np.empty((cells, nodes))
    enter_re, enter_im = np.empty((cells + 1, nodes)), np.empty((cells + 1, nodes))
    wait_re, wait_im = np.empty(nodes), np.empty(nodes)
    rest_re, rest_im = np.empty(nodes), np.empty(nodes)
    mass_re, mass_im = np.empty(nodes), np.empty(nodes)
    for p in range(patients):
        lowest = 0
        while source[p, lowest] == 0 and lowest < cells:
            lowest += 1
        back = -1.0
        for i in range(cells + 1):
            gone = loss[p, i]
            lower = down[p, i - 1] if i else 0.0
            for j in range(nodes):
                own_re, own_im = node_re[j] + gone, node_im[j]
                if i:
                    q_re, q_im = passed_re[i - 1, j], passed_im[i - 1, j]
                    own_re += lower * (rest_re[j] * q_re - rest_im[j] * q_im)
                    own_im += lower * (rest_re[j] * q_im + rest_im[j] * q_re)
                rest_re[j], rest_im[j] = own_re, own_im
            if first <= i < last_cord:
                there = to_cord[p, i - first]
                if from_cord[p, i - first] != back:
                    back = from_cord[p, i - first]
                    for j in range(nodes):
                        sum_re = node_re[j] + back
                        size = 1.0 / (sum_re * sum_re + node_im[j] * node_im[j])
                        wait_re[j], wait_im[j] = sum_re * size, -node_im[j] * size
                for j in range(nodes):
                    rest_re[j] += there * (node_re[j] * wait_re[j] - node_im[j] * wait_im[j])
                    rest_im[j] += there * (node_re[j] * wait_im[j] + node_im[j] * wait_re[j])
            above = up[p, i] if i < cells else 0.0
            if i < cells:
                for j in range(nodes):
                    sum_re = rest_re[j] + above
                    size = 1.0 / (sum_re * sum_re + rest_im[j] * rest_im[j])
                    passed_re[i, j], passed_im[i, j] = sum_re * size, -rest_im[j] * size
            given = source[p, i]
            if i > lowest:
                rise = up[p, i - 1]
                for j in range(nodes):
                    q_re, q_im = passed_re[i - 1, j], passed_im[i - 1, j]
                    y_re, y_im = enter_re[i - 1, j], enter_im[i - 1, j]
                    enter_re[i, j] = given + rise * (q_re * y_re - q_im * y_im)
                    enter_im[i, j] = rise * (q_re * y_im + q_im * y_re)
            elif i == lowest:
                for j in range(nodes):
                    enter_re[i, j], enter_im[i, j] = given, 0.0
        back = -1.0
        for i in range(cells, -1, -1):
            if i == cells:
                for j in range(nodes):
                    size = 1.0 / (rest_re[j] * rest_re[j] + rest_im[j] * rest_im[j])
                    y_re, y_im = enter_re[i, j], enter_im[i, j]
                    mass_re[j] = (y_re * rest_re[j] + y_im * rest_im[j]) * size
                    mass_im[j] = (y_im * rest_re[j] - y_re * rest_im[j]) * size
            else:
                lower = down[p, i]
                held = 1.0 if i >= lowest else 0.0
                row = max(i, lowest)
                for j in range(nodes):
                    y_re = held * enter_re[row, j] + lower * mass_re[j]
                    y_im = held * enter_im[row, j] + lower * mass_im[j]
                    q_re, q_im = passed_re[i, j], passed_im[i, j]
                    mass_re[j] = y_re * q_re - y_im * q_im
                    mass_im[j] = y_re * q_im + y_im * q_re
            inside = first <= i < last_cord
            if inside and from_cord[p, i - first] != back:
                back = from_cord[p, i - first]
                for j in range(nodes):
                    sum_re = node_re[j] + back
                    size = 1.0 / (sum_re * sum_re + node_im[j] * node_im[j])
                    wait_re[j], wait_im[j] = sum_re * size, -node_im[j] * size
            for k in range(len(steps)):
                weight = csf[k, p, i]
                if weight != 0:
                    for j in range(nodes):
                        out[k, p, j] += weight * mass_re[j]
                        out[k, p, nodes + j] += weight * mass_im[j]
                if inside and cord[k, p, i - first] != 0:
                    weight = cord[k, p, i - first] * to_cord[p, i - first]
                    for j in range(nodes):
                        out[k, p, j] += weight * (mass_re[j] * wait_re[j] - mass_im[j] * wait_im[j])
                        out[k, p, nodes + j] += weight * (mass_re[j] * wait_im[j] + mass_im[j] * wait_re[j])
        for k in range(len(steps)):
            for below in range(steps[k]):
                gain, rate = gains[k, below, p], rates[k, below, p]
                for j in range(nodes):
                    sum_re = node_re[j] + rate
                    size = gain / (sum_re * sum_re + node_im[j] * node_im[j])
                    q_re, q_im = sum_re * size, -node_im[j] * size
                    y_re, y_im = out[k, p, j], out[k, p, nodes + j]
                    out[k, p, j] = y_re * q_re - y_im * q_im
                    out[k, p, nodes + j] = y_re * q_im + y_im * q_re
