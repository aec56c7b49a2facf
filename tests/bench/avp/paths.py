# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Paths between two processes, on one processor each, that avp_bench.py measures: who plays which end, and how."""

import collections
import contextlib
import os
import time

from ends import Eal, EndFailed, Traffic, wait_for_traffic

# direction: of the guest: "send", "receive" or "bounce"; frames: key of FRAMES.
Setting = collections.namedtuple("Setting", "direction frames queues")

FRAMES = {
    "64": [64],
    "IMIX": [64] * 7 + [570] * 4 + [1500],
    "1500": [1500],
}
OTHER_END = {"send": "receive", "receive": "send", "bounce": "bounce"}
SECONDS, QUICK_SECONDS = 0.5, 0.2
HOST, GUEST = 0, 1  # processors


class Bench:
    """What every path needs: the programs, a folder, large pages if there are any, how long a window is."""

    def __init__(self, programs, scratch, huge, quick, untouched=False):
        self.programs, self.scratch, self.huge, self.untouched = programs, scratch, huge, untouched
        self.seconds = QUICK_SECONDS if quick else SECONDS

    def clear(self):
        """What an end that was killed left behind would be missing for the next."""
        for name in os.listdir(self.huge) if self.huge else ():
            os.unlink(os.path.join(self.huge, name))

    def traffic_options(self, setting):
        sizes = ",".join(map(str, FRAMES[setting.frames]))
        return ["--sizes", sizes, "--queues", str(setting.queues), *(["--untouched"] if self.untouched else [])]


def window(bench, guest, starter):
    """Rates at the guest's end over a window; `starter` injects what two ends bounce."""
    if not wait_for_traffic(guest, starter):
        raise EndFailed("no frame passed")
    first = guest.sample()
    time.sleep(bench.seconds)  # the window itself
    last = guest.sample()
    if last["foreign"]:
        raise EndFailed(f"{last['foreign']} frames came that nobody sent")
    return last.since(first)


def guest_rate(direction, rates):
    return rates["sent" if direction == "send" else "received"], rates["ticks"]


class Pair:
    """avp_traffic at both ends, over a device that DPDK has for both."""

    def __init__(self, bench, name, host_device, guest_device, single_file=False, most_queues=8, needs_huge=False):
        self.bench, self.name = bench, name
        self.host_device, self.guest_device = host_device, guest_device
        self.single_file, self.most_queues, self.needs_huge = single_file, most_queues, needs_huge

    def can(self, setting):
        return setting.queues <= self.most_queues and (self.bench.huge or not self.needs_huge)

    def measure(self, setting):
        socket = os.path.join(self.bench.scratch, "pair.sock")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(socket)
        values = {"socket": socket, "queues": setting.queues}
        with contextlib.ExitStack() as stack:
            ends = []
            for processor, device, mode, prefix in (
                    (HOST, self.host_device, OTHER_END[setting.direction], "bench-host"),
                    (GUEST, self.guest_device, setting.direction, "bench-guest")):
                eal = Eal(self.bench.scratch, self.bench.huge, prefix, [device.format(**values)],
                          single_file=self.single_file)
                ends.append(Traffic(self.bench.programs.traffic, processor, eal, mode, self.bench.traffic_options(setting)))
                stack.callback(ends[-1].end)
            starter = ends[0] if setting.direction == "bounce" else None
            return guest_rate(setting.direction, window(self.bench, ends[1], starter))


class Ring:
    """Pointers passed inside one process: the bound above everything that copies."""

    name = "net_ring (one process)"

    def __init__(self, bench):
        self.bench = bench

    def can(self, setting):
        return setting.direction == "bounce" and setting.queues == 1

    def measure(self, setting):
        eal = Eal(self.bench.scratch, self.bench.huge, "bench-ring", ["net_ring0"])
        end = Traffic(self.bench.programs.traffic, GUEST, eal, "bounce", self.bench.traffic_options(setting))
        try:
            return guest_rate(setting.direction, window(self.bench, end, end))
        finally:
            end.end()


MEMIF = "net_memif0,role={role},id=1,socket={{socket}},socket-abstract=no,rsize=10"


def known_paths(bench):
    """What the AVP driver is measured beside."""
    server, client = MEMIF.format(role="server"), MEMIF.format(role="client")
    virtio = "net_virtio_user0,path={socket},queues={queues},queue_size=1024"
    vhost = "net_vhost0,iface={socket},queues={queues}"
    return [
        Pair(bench, "memif, copying", server, client),
        Pair(bench, "memif, zero copy", server, client + ",zero-copy=yes", single_file=True, needs_huge=True),
        Pair(bench, "virtio-user, split", vhost, virtio, single_file=True, needs_huge=True),
        Pair(bench, "virtio-user, packed", vhost, virtio + ",packed_vq=1", single_file=True, needs_huge=True),
        Ring(bench),
    ]
