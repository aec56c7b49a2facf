# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""scripts/demo, once everything is built: sets the stage, has the story told, clears up whatever happens."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(1, os.path.join(ROOT, "tests", "vm"))

from host_side import Events, HostAgent  # noqa: E402  # its folder is known only now
from sites import LocalSite, VirtualSite  # noqa: E402
from story import LOCAL_CAST, VIRTUAL_CAST, Actuator, Story, settings  # noqa: E402


def set_stage(site, cast, folder, binaries, closing):
    """Guests first, then the host that knows their sockets, then the applications."""
    guests = {}
    for guest in cast.guests:
        print(f"  guest {guest}", flush=True)
        guests[guest] = site.add_guest(guest, scalable=guest == cast.scaled and site.vcpus > 1)
    actuator = Actuator(folder)
    agent = HostAgent(binaries, folder, settings(guests, actuator, cast, site.vcpus))
    closing.append(agent.kill)
    agent.start()
    events = Events(agent)
    closing.append(events.close)
    for guest, applications in cast.guests.items():
        for application in applications:
            print(f"  application {application.name} in {guest}", flush=True)
            site.add_application(guest, application)
    return agent, events, actuator


def interrupted(_number, _frame):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo")
    parser.add_argument("--vm", action="store_true", help="real guests under QEMU")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="build folder of the binaries")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupted)
    binaries = os.path.join(os.path.abspath(chosen.build), "bin")
    folder = tempfile.mkdtemp(prefix="vnf-demo-")
    begun = time.monotonic()
    closing = [lambda: shutil.rmtree(folder, ignore_errors=True)]
    try:
        site = VirtualSite(binaries, os.path.join(ROOT, "build", "vm")) if chosen.vm else LocalSite(binaries, folder)
        closing.append(site.close)
        print(f"One host-agent; {site.about}")
        cast = VIRTUAL_CAST if chosen.vm else LOCAL_CAST
        agent, events, actuator = set_stage(site, cast, folder, binaries, closing)
        Story(agent, events, site, cast, actuator).tell()
        print(f"\nAll of it in {time.monotonic() - begun:.0f} s. Next: README.md, examples/, docs/.")
        return 0
    except KeyboardInterrupt:
        print("\ninterrupted; clearing up")
        return 130
    finally:
        for close in reversed(closing):
            close()


if __name__ == "__main__":
    sys.exit(main())
