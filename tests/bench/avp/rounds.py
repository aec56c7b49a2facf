# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Figures that can be set beside each other on a machine that moves: every path once a round, in turn, for a moment each, with
the processors' distance before and after it. What was measured while they moved is discarded and counted, and only what was
measured at the same distance is compared: virtual processors are near or far, and change place within seconds."""

import contextlib
import subprocess
import tempfile
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


class Contest:
    """Paths in one setting, all of them started, each measured once a round."""

    def __init__(self, paths, setting, scratch, distance):
        self.paths = [path for path in paths if path.can(setting)]
        self.setting, self.scratch, self.distance = setting, scratch, distance
        self.figures = {(path.name, setting): Figures() for path in self.paths}

    def run(self, pairs, rounds, report):
        """Until each path has `rounds` good rounds, and each of `pairs` (of keys) as many in common; or TRIES times that
        often."""
        with contextlib.ExitStack() as stack:
            started = {key: self._start(path, key, stack) for path, key in zip(self.paths, self.figures)}
            nanoseconds = self.distance.now()
            for number in range(TRIES * rounds):
                for key, path in started.items():
                    if self.figures[key].failure is None:
                        nanoseconds = self._one(key, path, number, nanoseconds)
                report(self.setting, number + 1)
                if not self._wants_more(pairs, rounds):
                    break

    def _start(self, path, key, stack):
        scratch = tempfile.mkdtemp(dir=self.scratch)
        with contextlib.ExitStack() as own:
            try:
                started = path.start(self.setting, scratch, own)
            except Exception as failure:  # pylint: disable=broad-except # one path's failure is that path's figure
                self.figures[key].failure = str(failure)
                return None
            stack.push(own.pop_all())
            return started

    def _one(self, key, path, number, before):
        figure = self.figures[key]
        try:
            rate, ticks = path.measure()
        except Exception as failure:  # pylint: disable=broad-except # as above
            figure.failure = str(failure)
            return before
        after = self.distance.now()
        figure.add(number, Sample(rate, ticks, (before, after)))
        return after

    def _wants_more(self, pairs, rounds):
        live = {key: figure for key, figure in self.figures.items() if figure.failure is None}
        counts = [len(figure.samples) for figure in live.values()]
        counts += [len(ratios(live[left], live[right])) for left, right in pairs if left in live and right in live]
        return min(counts, default=rounds) < rounds


def measure(paths, settings, pairs, rounds, bench, distance, report):
    """{(path's name, setting): Figures}."""
    figures = {}
    for setting in settings:
        contest = Contest(paths, setting, bench.scratch, distance)
        contest.run(pairs, rounds, report)
        bench.clear()
        figures |= contest.figures
    return figures
