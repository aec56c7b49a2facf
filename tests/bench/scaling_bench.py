# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""What a scale request costs in a real guest: boots one with four vCPUs, starts guest-scale-agent in it, runs
scaling_requests, and passes its table and its JSON on. This machine's own processors are not touched."""

import argparse
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(1, os.path.join(ROOT, "tests", "vm"))

# pylint: disable=wrong-import-position # they lie in tests/vm
from kernel import KernelUnavailable
from lab import Lab, wait_until
from prerequisites import cannot_run

CACHE = os.path.join(ROOT, "build", "vm")
AGENT = "guest-scale-agent"
ROUNDS, QUICK_ROUNDS = 60, 5
RUN_SECONDS = 540  # a round takes a third of a second, and many times that where an emulated guest shares processors
# The rate of the processor's own counter is measured at boot, and wrong where the guest had to share processors then.
CLOCK = "clocksource=hpet"
# Both on vCPU 0: how long an emulator takes to wake another one is no part of the figures.
ON_ONE = "taskset 1"
MISSED, SKIPPED = 3, 4


def arguments():
    parser = argparse.ArgumentParser(prog="scaling_bench", description="Cost of a scale request in a real guest.")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="build folder of the binaries")
    parser.add_argument("--quick", action="store_true", help="few samples: does it run at all?")
    parser.add_argument("--strict", action="store_true", help=f"exit with {MISSED} if an aim was missed")
    parser.add_argument("--json", help="also write the figures here")
    return parser.parse_args()


def measure(lab, rounds):
    """The table and the JSON of a run with that many rounds."""
    lab.add_test_program("bench/scaling_requests")
    guest = lab.guest(cpus=4, lifetime=RUN_SECONDS + 60, append=f"panic=-1 {CLOCK}")
    # Its log in memory: the console is a serial line, and slow.
    agent = guest.start(f"{ON_ONE} {AGENT} --no-helper", "/run/agent.log")
    guest.run(wait_until("grep -q @cgcs.scale /proc/net/unix"))
    table = guest.run(f"{ON_ONE} scaling_requests --agent {agent} --rounds {rounds} --json /run/scaling.json || "
                      "{ cat /run/agent.log; false; }", RUN_SECONDS)
    return table, guest.run("cat /run/scaling.json")


def main():
    chosen = arguments()
    binaries = os.path.join(os.path.abspath(chosen.build), "bin")
    reason = cannot_run(binaries, [AGENT])
    if reason is None:
        lab = Lab(binaries, CACHE, os.path.join(CACHE, "logs", "scaling-bench"), [AGENT])
        try:
            table, text = measure(lab, QUICK_ROUNDS if chosen.quick else ROUNDS)
        except KernelUnavailable as unavailable:
            reason = f"no guest kernel: {unavailable}"
        finally:
            lab.close()
    if reason is not None:
        print(f"SKIPPED: scaling: {reason}")
        return SKIPPED
    print(table, end="")
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as file:
            file.write(text)
    missed = [row for row in json.loads(text)["rows"] if row.get("met") is False]
    return MISSED if missed and chosen.strict else 0


if __name__ == "__main__":
    sys.exit(main())
