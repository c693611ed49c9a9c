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
    transforms: Floats,
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
            if not len(transforms):
                out[row] = out[row - 1]
            for k in range(len(transforms)):
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
        if not len(transforms):
            for j in range(nodes):
                out[row, j], out[row, nodes + j] = past_re[j], -past_im[j]
        for k in range(len(transforms)):
            answer = 0.0
            for j in range(nodes):
                answer += transforms[k, j] * past_re[j] - transforms[k, nodes + j] * past_im[j]
            answers[k, row] += answer
        while event < events and at_h[event] == sample:
            jump, amount = jumps[event], amounts[event]
            for j in range(nodes):
                past_re[j] += jump * weight_re[0, j] + amount * weight_re[1, j]
                past_im[j] += jump * weight_im[0, j] + amount * weight_im[1, j]
            if not len(transforms):
                out[row, 2 * nodes] += amount
            for k in range(len(transforms)):
                answers[k, row] += transforms[k, 2 * nodes] * amount
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
    # Numbers of the moment at fixed distances in one array, real parts before imaginary ones, and a row a
    # cell behind a first row of nothing: the compiler sees what cannot overlap, and works on several nodes.
    now, kept = np.zeros(10 * ABREAST), np.zeros((cells + 2, 4 * ABREAST))
    tap_values = np.zeros((taps, 2 * ABREAST))
    s, wait, stored, rest, mass = 0, 2 * ABREAST, 4 * ABREAST, 6 * ABREAST, 8 * ABREAST
    for low in range(0, nodes, ABREAST):
        # Whole registers: what is beyond the last node repeats it and is left out at the end.
        width = min(ABREAST, (nodes - low + 7) // 8 * 8)
        for j in range(width):
            now[s + j] = node_re[min(low + j, nodes - 1)]
            now[s + ABREAST + j] = node_im[min(low + j, nodes - 1)]
        for p in range(patients):
            back = -1.0
            for i in range(cells + 1):
                gone, entering, there = loss[p, i], source[p, i], 0.0
                lower, rise = (down[p, i - 1], up[p, i - 1]) if i else (0.0, 0.0)
                above = up[p, i] if i < cells else 0.0
                if first <= i < last_cord:
                    there = to_cord[p, i - first]
                    if from_cord[p, i - first] != back:
                        back = from_cord[p, i - first]
                        for j in range(width):
                            sum_re, sum_im = now[s + j] + back, now[s + ABREAST + j]
                            size = 1.0 / (sum_re * sum_re + sum_im * sum_im)
                            now[wait + j], now[wait + ABREAST + j] = sum_re * size, -sum_im * size
                            now[stored + j] = (now[s + j] * sum_re + sum_im * sum_im) * size
                            now[stored + ABREAST + j] = sum_im * back * size
                for j in range(width):
                    q_re, q_im = kept[i, j], kept[i, ABREAST + j]
                    own_re, own_im = lower * now[rest + j], lower * now[rest + ABREAST + j]
                    own_re, own_im = own_re * q_re - own_im * q_im, own_re * q_im + own_im * q_re
                    own_re += now[s + j] + gone + there * now[stored + j]
                    own_im += now[s + ABREAST + j] + there * now[stored + ABREAST + j]
                    now[rest + j], now[rest + ABREAST + j] = own_re, own_im
                    own_re += above
                    size = 1.0 / (own_re * own_re + own_im * own_im)
                    kept[i + 1, j], kept[i + 1, ABREAST + j] = own_re * size, -own_im * size
                    y_re, y_im = rise * kept[i, 2 * ABREAST + j], rise * kept[i, 3 * ABREAST + j]
                    kept[i + 1, 2 * ABREAST + j] = entering + q_re * y_re - q_im * y_im
                    kept[i + 1, 3 * ABREAST + j] = q_re * y_im + q_im * y_re
            now[mass:], tap_values[:] = 0.0, 0.0
            back = -1.0
            for i in range(cells, -1, -1):
                lower = down[p, i] if i < cells else 0.0
                for j in range(width):
                    y_re = kept[i + 1, 2 * ABREAST + j] + lower * now[mass + j]
                    y_im = kept[i + 1, 3 * ABREAST + j] + lower * now[mass + ABREAST + j]
                    q_re, q_im = kept[i + 1, j], kept[i + 1, ABREAST + j]
                    now[mass + j], now[mass + ABREAST + j] = (
                        y_re * q_re - y_im * q_im,
                        y_re * q_im + y_im * q_re,
                    )
                inside = first <= i < last_cord
                if inside and from_cord[p, i - first] != back:
                    back = from_cord[p, i - first]
                    for j in range(width):
                        sum_re, sum_im = now[s + j] + back, now[s + ABREAST + j]
                        size = 1.0 / (sum_re * sum_re + sum_im * sum_im)
                        now[wait + j], now[wait + ABREAST + j] = sum_re * size, -sum_im * size
                for k in range(taps):
                    weight = csf[k, p, i]
                    if weight != 0:
                        for j in range(width):
                            tap_values[k, j] += weight * now[mass + j]
                            tap_values[k, ABREAST + j] += weight * now[mass + ABREAST + j]
                    if inside and cord[k, p, i - first] != 0:
                        weight = cord[k, p, i - first] * to_cord[p, i - first]
                        for j in range(width):
                            y_re, y_im = weight * now[mass + j], weight * now[mass + ABREAST + j]
                            q_re, q_im = now[wait + j], now[wait + ABREAST + j]
                            tap_values[k, j] += y_re * q_re - y_im * q_im
                            tap_values[k, ABREAST + j] += y_re * q_im + y_im * q_re
            for k in range(taps):
                for below in range(steps[k]):
                    gain, rate = gains[k, below, p], rates[k, below, p]
                    for j in range(width):
                        sum_re, sum_im = now[s + j] + rate, now[s + ABREAST + j]
                        size = gain / (sum_re * sum_re + sum_im * sum_im)
                        q_re, q_im = sum_re * size, -sum_im * size
                        y_re, y_im = tap_values[k, j], tap_values[k, ABREAST + j]
                        tap_values[k, j], tap_values[k, ABREAST + j] = (
                            y_re * q_re - y_im * q_im,
                            y_re * q_im + y_im * q_re,
                        )
                for j in range(min(width, nodes - low)):
                    out[k, p, low + j], out[k, p, nodes + low + j] = (
                        tap_values[k, j],
                        tap_values[k, ABREAST + j],
                    )
