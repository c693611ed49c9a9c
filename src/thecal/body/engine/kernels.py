"""What ``speed`` compiles: the arithmetic of ``ladder`` and ``schedule`` over again, patient by patient.

Written out in real and imaginary parts, innermost over the nodes, so that the compiler can work on several at
once and nothing leaves the processor's cache. No library is needed to read this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from thecal.body.bounds import Floats

HOURS, _ROUNDING_S = 25, 1e-7
"""Pumps keep whole seconds: what is kept over up to a day of them is looked up, the rest calculated."""


ABREAST = 64
"""Nodes swept at a time: enough for the compiler to work on several at once, few enough for the cache."""


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
    out: Floats,
    asked: Floats,
    answers: Floats,
) -> None:
    """Carry the past from event to event and sample to sample (``schedule.carry``).

    With transforms asked for, ``(K, 2 J + 1)``, their answers, ``(K, T)``, are added to and no past is kept.
    """
    nodes, events = len(node_re), len(at_h)
    past_re, past_im = np.zeros(nodes), np.zeros(nodes)
    # Before the first event there is nothing to carry, over any time: what the nodes are not made for.
    first = at_h[0] if events else samples_h[-1]
    now, event = first, 0
    for row in range(len(samples_h)):
        sample = samples_h[row]
        if row and sample == samples_h[row - 1]:
            if not len(asked):
                out[row] = out[row - 1]
            for k in range(len(asked)):
                answers[k, row] = answers[k, row - 1]
            continue
        ahead = True
        while ahead:
            ahead = event < events and at_h[event] < sample
            until = max(at_h[event] if ahead else sample, first)
            seconds = (until - now) * 3600
            whole = int(np.rint(seconds))
            if whole < 3600 * HOURS and abs(seconds - whole) < _ROUNDING_S:
                for span in (whole // 3600, HOURS + whole // 60 % 60, HOURS + 60 + whole % 60):
                    if span in (0, HOURS, HOURS + 60):
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
        if not len(asked):
            for j in range(nodes):
                out[row, j], out[row, nodes + j] = past_re[j], -past_im[j]
        for k in range(len(asked)):
            answer = 0.0
            for j in range(nodes):
                answer += asked[k, j] * past_re[j] - asked[k, nodes + j] * past_im[j]
            answers[k, row] += answer
        while event < events and at_h[event] == sample:
            jump, amount = jumps[event], amounts[event]
            for j in range(nodes):
                past_re[j] += jump * weight_re[0, j] + amount * weight_re[1, j]
                past_im[j] += jump * weight_im[0, j] + amount * weight_im[1, j]
            if not len(asked):
                out[row, 2 * nodes] += amount
            for k in range(len(asked)):
                answers[k, row] += asked[k, 2 * nodes] * amount
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
    nodes, taps, last_cord = len(node_re), len(steps), first + to_cord.shape[1]
    # Real parts at j, imaginary ones at j + ABREAST: the compiler sees that they do not overlap.
    passed, enter = np.zeros((cells + 1, 2 * ABREAST)), np.zeros((cells + 1, 2 * ABREAST))
    seen = np.zeros((taps, 2 * ABREAST))
    s, wait, held = np.zeros(2 * ABREAST), np.zeros(2 * ABREAST), np.zeros(2 * ABREAST)
    rest, mass = np.zeros(2 * ABREAST), np.zeros(2 * ABREAST)
    for low in range(0, nodes, ABREAST):
        # Whole registers: what is beyond the last node repeats it and is left out at the end.
        width = min(ABREAST, (nodes - low + 7) // 8 * 8)
        for j in range(width):
            s[j], s[ABREAST + j] = node_re[min(low + j, nodes - 1)], node_im[min(low + j, nodes - 1)]
        for p in range(patients):
            lowest = 0
            while source[p, lowest] == 0 and lowest < cells:
                lowest += 1
            back = -1.0
            for i in range(cells + 1):
                gone = loss[p, i]
                for j in range(width):
                    own_re, own_im = s[j] + gone, s[ABREAST + j]
                    if i:
                        q_re, q_im = (
                            down[p, i - 1] * passed[i - 1, j],
                            down[p, i - 1] * passed[i - 1, ABREAST + j],
                        )
                        own_re += rest[j] * q_re - rest[ABREAST + j] * q_im
                        own_im += rest[j] * q_im + rest[ABREAST + j] * q_re
                    rest[j], rest[ABREAST + j] = own_re, own_im
                if first <= i < last_cord:
                    if from_cord[p, i - first] != back:
                        back = from_cord[p, i - first]
                        for j in range(width):
                            sum_re, sum_im = s[j] + back, s[ABREAST + j]
                            size = 1.0 / (sum_re * sum_re + sum_im * sum_im)
                            wait[j], wait[ABREAST + j] = sum_re * size, -sum_im * size
                            held[j] = (s[j] * sum_re + sum_im * sum_im) * size
                            held[ABREAST + j] = sum_im * back * size
                    there = to_cord[p, i - first]
                    for j in range(width):
                        rest[j] += there * held[j]
                        rest[ABREAST + j] += there * held[ABREAST + j]
                above = up[p, i] if i < cells else 0.0
                for j in range(width):
                    sum_re, sum_im = rest[j] + above, rest[ABREAST + j]
                    size = 1.0 / (sum_re * sum_re + sum_im * sum_im)
                    passed[i, j], passed[i, ABREAST + j] = sum_re * size, -sum_im * size
                given = source[p, i]
                if i > lowest:
                    rise = up[p, i - 1]
                    for j in range(width):
                        q_re, q_im = rise * passed[i - 1, j], rise * passed[i - 1, ABREAST + j]
                        y_re, y_im = enter[i - 1, j], enter[i - 1, ABREAST + j]
                        enter[i, j] = given + q_re * y_re - q_im * y_im
                        enter[i, ABREAST + j] = q_re * y_im + q_im * y_re
                elif i == lowest:
                    enter[i, :ABREAST], enter[i, ABREAST:] = given, 0.0
            mass[:], seen[:] = 0.0, 0.0
            back = -1.0
            for i in range(cells, -1, -1):
                lower = down[p, i] if i < cells else 0.0
                if i >= lowest:
                    for j in range(width):
                        mass[j] = enter[i, j] + lower * mass[j]
                        mass[ABREAST + j] = enter[i, ABREAST + j] + lower * mass[ABREAST + j]
                    lower = 1.0
                for j in range(width):
                    q_re, q_im = lower * passed[i, j], lower * passed[i, ABREAST + j]
                    y_re, y_im = mass[j], mass[ABREAST + j]
                    mass[j], mass[ABREAST + j] = y_re * q_re - y_im * q_im, y_re * q_im + y_im * q_re
                inside = first <= i < last_cord
                if inside and from_cord[p, i - first] != back:
                    back = from_cord[p, i - first]
                    for j in range(width):
                        sum_re, sum_im = s[j] + back, s[ABREAST + j]
                        size = 1.0 / (sum_re * sum_re + sum_im * sum_im)
                        wait[j], wait[ABREAST + j] = sum_re * size, -sum_im * size
                for k in range(taps):
                    weight = csf[k, p, i]
                    if weight != 0:
                        for j in range(width):
                            seen[k, j] += weight * mass[j]
                            seen[k, ABREAST + j] += weight * mass[ABREAST + j]
                    if inside and cord[k, p, i - first] != 0:
                        weight = cord[k, p, i - first] * to_cord[p, i - first]
                        for j in range(width):
                            y_re, y_im = weight * mass[j], weight * mass[ABREAST + j]
                            seen[k, j] += y_re * wait[j] - y_im * wait[ABREAST + j]
                            seen[k, ABREAST + j] += y_re * wait[ABREAST + j] + y_im * wait[j]
            for k in range(taps):
                for below in range(steps[k]):
                    gain, rate = gains[k, below, p], rates[k, below, p]
                    for j in range(width):
                        sum_re, sum_im = s[j] + rate, s[ABREAST + j]
                        size = gain / (sum_re * sum_re + sum_im * sum_im)
                        q_re, q_im = sum_re * size, -sum_im * size
                        y_re, y_im = seen[k, j], seen[k, ABREAST + j]
                        seen[k, j], seen[k, ABREAST + j] = (
                            y_re * q_re - y_im * q_im,
                            y_re * q_im + y_im * q_re,
                        )
                for j in range(min(width, nodes - low)):
                    out[k, p, low + j], out[k, p, nodes + low + j] = seen[k, j], seen[k, ABREAST + j]
