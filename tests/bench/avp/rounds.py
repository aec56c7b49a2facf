# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Figures that can be set beside each other on a machine that moves: every path once a round, in turn, each with the
processors' distance before and after it. What was measured while they moved is discarded and counted, and only what was
measured at the same distance is compared: virtual processors are near or far, and change place within seconds."""

import subprocess
from dataclasses import dataclass

MOVED = 0.20  # of the distance, at most
TRIES = 4  # of the rounds wanted


class Distance:
    """Of two processors: one cache line's round trip in ns."""

    def __init__(self, program, processors):
        self.command = [program, *map(str, processors)]

    def now(self):
        return float(subprocess.run(self.command, check=True, capture_output=True, text=True, timeout=120).stdout)


@dataclass(frozen=True)
class Sample:
    """One path in one round."""
    rate: float
    ticks: float
    nanoseconds: tuple  # before and after

    def is_steady(self):
        return _is_one_place(self.nanoseconds)

    def is_beside(self, other):
        return _is_one_place(self.nanoseconds + other.nanoseconds)


def _is_one_place(distances):
    return max(distances) <= min(distances) * (1 + MOVED)


class Figures:
    """What was measured of one path in one setting, by round."""

    def __init__(self):
        self.samples = {}
        self.discarded = 0
        self.failure = None

    def add(self, number, sample):
        if sample.is_steady():
            self.samples[number] = sample
        else:
            self.discarded += 1


def places(figures):
    """The distances that samples fall into, nearest first: [(least, most)]."""
    found = []
    for nanoseconds in sorted(max(sample.nanoseconds) for figure in figures.values() for sample in figure.samples.values()):
        if found and nanoseconds <= found[-1][1] * (1 + MOVED):
            found[-1] = (found[-1][0], nanoseconds)
        else:
            found.append((nanoseconds, nanoseconds))
    return found


def ratios(left, right):
    """Left's rate over right's, of each round that measured both at the same distance."""
    return [sample.rate / right.samples[number].rate for number, sample in left.samples.items()
            if number in right.samples and sample.is_beside(right.samples[number])]


def measure(paths, settings, pairs, rounds, distance, report):
    """{(path's name, setting): Figures}. A setting is measured until each of its paths has `rounds` good rounds, and each
    of `pairs` (of keys) as many in common; or TRIES times that often."""
    figures = {(path.name, setting): Figures() for path in paths for setting in settings if path.can(setting)}
    open_settings = list(settings)
    for number in range(TRIES * rounds):
        for setting in open_settings:
            for path in paths:
                figure = figures.get((path.name, setting))
                if figure and figure.failure is None:
                    _one(path, setting, figure, number, distance)
        open_settings = [setting for setting in open_settings if _is_open(figures, setting, pairs, rounds)]
        report(number + 1, len(settings) - len(open_settings), len(settings))
        if not open_settings:
            break
    return figures


def _is_open(figures, setting, pairs, rounds):
    of_setting = {key: figure for key, figure in figures.items() if key[1] == setting and figure.failure is None}
    counts = [len(figure.samples) for figure in of_setting.values()]
    counts += [len(ratios(of_setting[left], of_setting[right])) for left, right in pairs
               if left in of_setting and right in of_setting]
    return min(counts, default=rounds) < rounds


def _one(path, setting, figure, number, distance):
    before = distance.now()
    path.bench.clear()
    try:
        rate, ticks = path.measure(setting)
    except Exception as failure:  # pylint: disable=broad-except # one path's failure is that path's figure
        figure.failure = str(failure)
        return
    figure.add(number, Sample(rate, ticks, (before, distance.now())))
