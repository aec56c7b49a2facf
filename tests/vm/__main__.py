# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Runs scenarios with real guests, one machine each: python3 tests/vm --build build/release [name...]"""

import argparse
import os
import re
import sys
import time
import traceback

import avp_scenarios  # noqa: F401  # their scenarios register themselves
import avp_interrupt_scenarios  # noqa: F401
import avp_sweep_scenarios  # noqa: F401
import group_scenarios  # noqa: F401
import scale_scenarios  # noqa: F401
from lab import GUEST_BINARIES, Lab
from prerequisites import Unavailable, cannot_run
from scenarios import SCENARIOS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CACHE = os.path.join(ROOT, "build", "vm")
SKIPPED = 4  # VNF_SKIPPED of tests/CMakeLists.txt
BINARIES = GUEST_BINARIES + ("host-agent", "vnfctl", "avp-host", "avpctl")


def arguments():
    parser = argparse.ArgumentParser(prog="tests/vm", description="Scenarios with real guests under QEMU.")
    parser.add_argument("names", nargs="*", help="scenarios (all if none is named)")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="build folder of the binaries")
    parser.add_argument("--list", action="store_true", help="print the scenarios' names")
    parser.add_argument("--shell", action="store_true", help="boot one guest beside a host-agent and type into it")
    return parser.parse_args()


def run(name, binaries):
    """Runs one scenario: whether it passed, or None if it could not run here."""
    begun = time.monotonic()
    lab = Lab(binaries, CACHE, os.path.join(CACHE, "logs", re.sub(r"\W+", "-", name)))
    try:
        SCENARIOS[name](lab)
        print(f"passed in {time.monotonic() - begun:.1f} s: {name}", flush=True)
        return True
    except Unavailable as reason:
        print(f"SKIPPED: {name}: {reason}", flush=True)
        return None
    except Exception:  # pylint: disable=broad-except # whatever went wrong is this scenario's failure
        traceback.print_exc()
        lab.close()
        print(lab.story())
        print(f"FAILED: {name}", flush=True)
        return False
    finally:
        lab.close()


def shell(binaries):
    """A guest to look around in."""
    lab = Lab(binaries, CACHE, os.path.join(CACHE, "logs", "shell"))
    try:
        agent = lab.host()
        guest = lab.guest()
        print(f"guest {guest.uuid}; host: {binaries}/vnfctl --socket {agent.api} list; end with ^D")
        print("start the daemon with: guest-client --name vm1 >/dev/console 2>&1 &")
        for line in sys.stdin:
            print(guest.run(line.strip(), seconds=600, check=False)[1], end="", flush=True)
    except Unavailable as reason:
        print(f"SKIPPED: {reason}")
    finally:
        lab.close()


def main():
    chosen = arguments()
    if chosen.list:
        print("\n".join(SCENARIOS))
        return 0
    unknown = [name for name in chosen.names if name not in SCENARIOS]
    if unknown:
        raise SystemExit(f"no scenario {unknown[0]!r}; see --list")
    binaries = os.path.join(os.path.abspath(chosen.build), "bin")
    reason = cannot_run(binaries, BINARIES)
    if reason is not None:
        print(f"SKIPPED: {reason}")
        return SKIPPED
    if chosen.shell:
        shell(binaries)
        return 0
    results = [run(name, binaries) for name in chosen.names or SCENARIOS]
    if False in results:
        return 1
    return 0 if True in results else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
