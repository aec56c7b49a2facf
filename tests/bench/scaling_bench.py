# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""What a scale request costs, twice. In a real guest: boots one with four vCPUs, starts guest-scale-agent in it, runs
scaling_requests, and passes its table and its JSON on. And here, in a folder in place of sysfs: the same exchange
without an emulator's slowness, and without a real kernel. This machine's own processors are not touched."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(1, os.path.join(ROOT, "tests", "vm"))

# pylint: disable=wrong-import-position # they lie in tests/vm
from lab import Lab, wait_until
from prerequisites import Unavailable, cannot_run

CACHE = os.path.join(ROOT, "build", "vm")
AGENT = "guest-scale-agent"
ROUNDS, QUICK_ROUNDS = 60, 5
RUN_SECONDS = 540  # a round takes a third of a second, and many times that where an emulated guest shares processors
# The rate of the processor's own counter is measured at boot, and wrong where the guest had to share processors then.
CLOCK = "clocksource=hpet"
NATIVE_ROUNDS, QUICK_NATIVE_ROUNDS = 1000, 100
NATIVE_LABEL = "here, no guest: "
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


def measure_guest(binaries, rounds):
    """The table and the JSON of a run with that many rounds in a guest."""
    lab = Lab(binaries, CACHE, os.path.join(CACHE, "logs", "scaling-bench"), [AGENT])
    try:
        lab.add_test_program("bench/scaling_requests")
        guest = lab.guest(cpus=4, lifetime=RUN_SECONDS + 60, append=f"panic=-1 {CLOCK}")
        # Its log in memory: the console is a serial line, and slow.
        agent = guest.start(f"{ON_ONE} {AGENT} --no-helper", "/run/agent.log")
        guest.run(wait_until("grep -q @cgcs.scale /proc/net/unix"))
        table = guest.run(f"{ON_ONE} scaling_requests --agent {agent} --rounds {rounds} --json /run/scaling.json || "
                          "{ cat /run/agent.log; false; }", RUN_SECONDS)
        return table, guest.run("cat /run/scaling.json")
    finally:
        lab.close()


def made_up_sysfs(folder):
    """Four vCPUs, 0 without a switch, as the preloaded kernel knows them by its folder's name."""
    root = os.path.join(folder, "sys-of-a-test")
    cpus = os.path.join(root, "devices/system/cpu")
    for number in range(4):
        os.makedirs(f"{cpus}/cpu{number}")
        if number:
            write(f"{cpus}/cpu{number}/online", "1\n")
    write(f"{cpus}/present", "0-3\n")
    write(f"{cpus}/online", "0-3\n")
    return root


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def measure_here(build, rounds):
    """The table and the JSON of a run on this machine, with sockets of names of its own."""
    with tempfile.TemporaryDirectory(prefix="vnf-scaling-") as folder:
        common = ["--sysfs-root", made_up_sysfs(folder), "--address", f"scale-bench-{os.getpid()}", "--client-address",
                  f"scale-bench-client-{os.getpid()}"]
        kernel = {**os.environ, "LD_PRELOAD": os.path.join(build, "lib/libfake_kernel.so")}
        agent = subprocess.Popen([f"{build}/bin/{AGENT}", *common, "--no-helper", "--application-socket",
                                  f"{folder}/application", "--control-socket", f"{folder}/control", "--state-file",
                                  f"{folder}/state", "--log-level", "error"], env=kernel)
        try:
            await_bound(common[3])
            table = subprocess.run([f"{build}/tests/bench/scaling_requests", *common, "--agent", str(agent.pid), "--rounds",
                                    str(rounds), "--label", NATIVE_LABEL, "--json", f"{folder}/json"], env=kernel,
                                   check=True, capture_output=True, text=True, timeout=RUN_SECONDS).stdout
        finally:
            agent.kill()
            agent.wait()
        with open(f"{folder}/json", encoding="utf-8") as file:
            return table, file.read()


def await_bound(address):
    """Until somebody has that abstract name."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with open("/proc/net/unix", encoding="utf-8") as file:
            if f"@{address}\n" in file.read():
                return
        time.sleep(0.01)
    raise SystemExit(f"{AGENT} has not taken @{address}")


def main():
    chosen = arguments()
    build = os.path.abspath(chosen.build)
    reason = cannot_run(os.path.join(build, "bin"), [AGENT])
    tables = [measure_here(build, QUICK_NATIVE_ROUNDS if chosen.quick else NATIVE_ROUNDS)]
    if reason is None:
        try:
            tables.insert(0, measure_guest(os.path.join(build, "bin"), QUICK_ROUNDS if chosen.quick else ROUNDS))
        except Unavailable as unavailable:
            reason = f"no guest kernel: {unavailable}"
    if reason is not None:
        print(f"SKIPPED: scaling in a guest: {reason}")
    print("".join(table for table, _ in tables), end="")
    rows = [row for _, text in tables for row in json.loads(text)["rows"]]
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as file:
            json.dump({"benchmark": "scaling", "rows": rows}, file)
    missed = any(row.get("met") is False for row in rows)
    if missed and chosen.strict:
        return MISSED
    return 0 if reason is None else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
