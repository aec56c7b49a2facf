# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""scripts/demo, once everything is built: sets the stage, has the story told, clears up whatever happens."""

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
from story import ACTUATOR, LOCAL_CAST, SETTINGS, VIRTUAL_CAST, Story  # noqa: E402


def set_stage(site, cast, folder, binaries, closing):
    """Guests first, then the host that knows their sockets, then the applications."""
    guests = {}
    for guest in cast.guests:
        print(f"  guest {guest}", flush=True)
        guests[guest] = site.add_guest(guest)
    with open(f"{folder}/actuator", "w", encoding="utf-8") as file:
        file.write(ACTUATOR.format(folder=folder, pid=os.getpid()))
    os.chmod(f"{folder}/actuator", 0o755)
    options = [word for guest, port in guests.items() for word in ("--guest", f"{guest}={port}")]
    agent = HostAgent(binaries, folder, SETTINGS.format(folder=folder), options)
    closing.append(agent.kill)
    agent.start()
    events = Events(agent)
    closing.append(events.close)
    for guest, applications in cast.guests.items():
        for application in applications:
            print(f"  application {application.name} in {guest}", flush=True)
            site.add_application(guest, application)
    return agent, events


def interrupted(_number, _frame):
    raise KeyboardInterrupt


def main():
    virtual = "--vm" in sys.argv[1:]
    signal.signal(signal.SIGTERM, interrupted)
    binaries = os.path.join(ROOT, "build", "release", "bin")
    folder = tempfile.mkdtemp(prefix="vnf-demo-")
    begun = time.monotonic()
    closing = [lambda: shutil.rmtree(folder, ignore_errors=True)]
    try:
        site = VirtualSite(binaries, os.path.join(ROOT, "build", "vm")) if virtual else LocalSite(binaries, folder)
        closing.append(site.close)
        print(f"One host-agent; {site.about}")
        cast = VIRTUAL_CAST if virtual else LOCAL_CAST
        agent, events = set_stage(site, cast, folder, binaries, closing)
        Story(agent, events, site, cast, folder).tell()
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
