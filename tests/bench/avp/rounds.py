# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Figures that can be set beside each other on a machine that moves: every path once a round, in turn, each with the
processors' distance before and after it. A figure during which they moved is discarded and counted."""

import statistics
import subprocess

MOVED = 0.20  # of the distance, at most


class Figures:
    """What was measured of one path in one setting."""

    def __init__(self):
        self.rates, self.ticks, self.distances = [], [], []
        self.discarded = 0
        self.failure = None

    def add(self, rate, ticks, distance):
        self.rates.append(rate)
        self.ticks.append(ticks)
        self.distances.append(distance)

    def median(self):
        return statistics.median(self.rates) if self.rates else None

    def summary(self):
        return {"median": self.median(), "rates": self.rates, "discarded": self.discarded, "failure": self.failure,
                "ticks": statistics.median(self.ticks) if self.ticks else None,
                "nanoseconds": statistics.median(self.distances) if self.distances else None}


class Distance:
    """Of two processors: one cache line's round trip in ns."""

    def __init__(self, program, processors):
        self.command = [program, *map(str, processors)]

    def now(self):
        return float(subprocess.run(self.command, check=True, capture_output=True, text=True, timeout=120).stdout)


def measure(paths, settings, rounds, distance, report):
    """{(path's name, setting): Figures}. `rounds` good ones of each, or twice that many tries."""
    figures = {(path.name, setting): Figures() for path in paths for setting in settings if path.can(setting)}
    for number in range(2 * rounds):
        wanting = [key for key, value in figures.items() if len(value.rates) < rounds and value.failure is None]
        if not wanting:
            break
        for path in paths:
            for setting in settings:
                if (path.name, setting) in wanting:
                    _one(path, setting, figures[path.name, setting], distance)
        report(number + 1, sum(len(value.rates) >= rounds or value.failure is not None for value in figures.values()),
               len(figures))
    return figures


def _one(path, setting, figure, distance):
    before = distance.now()
    path.bench.clear()
    try:
        rate, ticks = path.measure(setting)
    except Exception as failure:  # pylint: disable=broad-except # one path's failure is that path's figure
        figure.failure = str(failure)
        return
    after = distance.now()
    if abs(after - before) > MOVED * before:
        figure.discarded += 1
    else:
        figure.add(rate, ticks, (before + after) / 2)


def paired_ratio(figures, left, right):
    """The median of left over right, round by round: both lie next to each other in time."""
    pairs = [a / b for a, b in zip(figures[left].rates, figures[right].rates) if b]
    return statistics.median(pairs) if pairs else None
