# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Packet rates of the AVP driver beside what else a guest could use: every path between the same two processors, in
interleaved rounds of one run, the processors' distance beside each figure, PASS or MISS beside each aim."""

import argparse
import json
import os
import statistics
import sys
import tempfile
from dataclasses import asdict

from aims import AIMS
from avp_paths import avp_paths  # and with it the path to the tests' large_pages
from large_pages import mounted, reserved
from paths import FRAMES, GUEST, HOST, Bench, Setting, known_paths
from rounds import Distance, measure, places

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DIRECTIONS = ("send", "receive", "bounce")
ROUNDS, QUICK_ROUNDS = 15, 1
MEGABYTES = 6600  # of 11 paths, with 256 for each end and what it rounds up
MISSED, SKIPPED = 3, 4


def arguments():
    parser = argparse.ArgumentParser(prog="avp_bench", description=__doc__)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="build folder of the binaries")
    parser.add_argument("--quick", action="store_true", help="one round of 64-byte frames: does it run at all?")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"good rounds of each figure and each aim ({ROUNDS})")
    parser.add_argument("--only", metavar="TEXT", action="append", help="paths whose name has TEXT; may be repeated")
    parser.add_argument("--frames", choices=FRAMES, action="append", help="frame sizes (all)")
    parser.add_argument("--direction", choices=DIRECTIONS, action="append", help="what the guest does (all)")
    parser.add_argument("--queues", type=int, choices=(1, 4), action="append", help="queues of a port (1 and 4)")
    parser.add_argument("--untouched", action="store_true",
                        help="avp_traffic neither writes nor reads what is in its frames")
    parser.add_argument("--strict", action="store_true", help=f"exit with {MISSED} if an aim was missed")
    parser.add_argument("--json", help="also write the figures here")
    return parser.parse_args()


def cannot_run(programs):
    """Why not, or None."""
    if len(os.sched_getaffinity(0)) < 2:
        return "wants two processors"
    for program in programs:
        if not os.access(program, os.X_OK):
            return f"{os.path.basename(program)} is not built: DPDK is missing (scripts/setup dpdk)"
    return None


def chosen_settings(chosen):
    frames = chosen.frames or (["64"] if chosen.quick else list(FRAMES))
    queues = chosen.queues or ([1] if chosen.quick else [1, 4])
    directions = chosen.direction or DIRECTIONS
    return [Setting(direction, frame, count) for count in queues for frame in frames for direction in directions]


def print_figures(paths, settings, figures):
    """For each distance of the processors, a table for each frame size and number of queues: million frames a second and
    clock ticks a frame."""
    for least, most in places(figures):
        print(f"\nmillion frames a second at the guest, and clock ticks a frame; processors {least:.0f} to {most:.0f} ns apart")
        for frames, queues in dict.fromkeys((setting.frames, setting.queues) for setting in settings):
            print(f"\n  {f'{frames} bytes, {queues} queue' + ('s' if queues > 1 else ''):38}"
                  "guest sends    guest receives bounce")
            for path in paths:
                cells = [_cell(figures.get((path.name, Setting(direction, frames, queues))), least, most)
                         for direction in DIRECTIONS]
                if any(cell.strip() for cell in cells):
                    print(f"  {path.name:38}" + "".join(cells))


def _cell(figure, least, most):
    if figure is None:
        return f"{'':15}"
    if figure.failure:
        return f"{'failed':15}"
    samples = [sample for sample in figure.samples.values() if least <= max(sample.nanoseconds) <= most]
    if not samples:
        return f"{'-':15}"
    rate, ticks = (statistics.median(values) for values in zip(*((sample.rate, sample.ticks) for sample in samples)))
    return f"{rate / 1e6:6.2f} {ticks:5.0f}   "


def print_aims(figures, names):
    """How many were missed."""
    missed = 0
    print("\naims, the median of paired rounds:")
    for aim in AIMS:
        if aim.wanted(names):
            said, met = aim.judge(figures)
            print(f"  {'PASS' if met else 'MISS' if met is not None else '----'}  {said}")
            missed += met is False
    return missed


def run(chosen, bench):
    paths, left_out = avp_paths(bench)
    paths += known_paths(bench)
    if chosen.only:
        paths = [path for path in paths if any(text in path.name for text in chosen.only)]
    for name, reason in left_out:
        print(f"SKIPPED: {name}: {reason}")
    settings = chosen_settings(chosen)
    figures = measure(paths, settings, [aim.keys() for aim in AIMS], QUICK_ROUNDS if chosen.quick else chosen.rounds,
                      bench, Distance(bench.programs.core_latency, (HOST, GUEST)), report)
    print_figures(paths, settings, figures)
    print()
    for (name, setting), figure in figures.items():
        if figure.failure or figure.discarded:
            print(f"  {name}, {setting.direction} {setting.frames} x{setting.queues}: {figure.discarded} discarded"
                  f"{', ' + figure.failure if figure.failure else ''}")
    missed = print_aims(figures, {path.name for path in paths})
    if chosen.json:
        rows = [{"path": name, **setting._asdict(), "discarded": figure.discarded, "failure": figure.failure,
                 "rounds": {number: asdict(sample) for number, sample in figure.samples.items()}}
                for (name, setting), figure in figures.items()]
        with open(chosen.json, "w", encoding="utf-8") as file:
            json.dump({"rows": rows}, file, indent=1)
    return missed


def report(setting, rounds):
    """Progress, now and then: a round takes a few seconds."""
    if rounds == 1 or rounds % 10 == 0:
        print(f"{setting.direction}, {setting.frames} bytes, {setting.queues} queues: round {rounds}", flush=True)


class Programs:
    """What is started, from one build folder."""

    def __init__(self, build):
        bench = os.path.join(build, "tests", "bench")
        self.traffic, self.core_latency = os.path.join(bench, "avp_traffic"), os.path.join(bench, "core_latency")
        self.avp_host = os.path.join(build, "bin", "avp-host")
        self.driver = os.path.join(build, "lib", "librte_net_avp_sdk.so")

    def all(self):
        return [self.traffic, self.core_latency, self.avp_host]


def main():
    chosen = arguments()
    programs = Programs(os.path.abspath(chosen.build))
    reason = cannot_run(programs.all())
    if reason:
        print(f"SKIPPED: avp: {reason}")
        return SKIPPED
    # A tmpfs, where devices that are files belong, and private, as EAL wants it of a driver's folder.
    place = "/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR")
    with tempfile.TemporaryDirectory(prefix="avp-bench-", dir=place) as scratch, \
            reserved(MEGABYTES) as megabytes, mounted(os.path.join(scratch, "huge")) as huge:
        if megabytes < MEGABYTES or huge is None:
            huge = None
            print(f"{megabytes} MB of large pages, {MEGABYTES} are wanted (root only): paths that need them are left out")
        missed = run(chosen, Bench(programs, scratch, huge, chosen.untouched))
    return MISSED if missed and chosen.strict else 0


if __name__ == "__main__":
    sys.exit(main())
