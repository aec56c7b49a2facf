# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Paths between two processes, on one processor each, that avp_bench.py measures: who plays which end, and how."""

import collections
import os
import signal
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
LEAD_IN_SECONDS, WINDOW_SECONDS = 0.03, 0.15  # short, so that the processors stay where they are
INJECTIONS = 8  # of 256 frames: twice a ring
HOST, GUEST = 0, 1  # processors


class Bench:
    """What every path needs: the programs, a folder, large pages if there are any."""

    def __init__(self, programs, scratch, huge, untouched=False):
        self.programs, self.scratch, self.huge, self.untouched = programs, scratch, huge, untouched

    def clear(self):
        """What an end that was killed left behind would be missing for the next."""
        for name in os.listdir(self.huge) if self.huge else ():
            os.unlink(os.path.join(self.huge, name))

    def traffic_options(self, setting):
        sizes = ",".join(map(str, FRAMES[setting.frames]))
        return ["--sizes", sizes, "--queues", str(setting.queues), *(["--untouched"] if self.untouched else [])]


class Running:
    """A path with traffic on it. Its ends are stopped but while they are measured, so that all paths share the same two
    processors and each is measured moments after the last one."""

    def __init__(self, direction, guest, ends, starter):
        self.rate_name = "sent" if direction == "send" else "received"
        self.guest, self.processes, self.starter = guest, [end.process for end in ends], starter

    def resume(self):
        for process in self.processes:
            process.send_signal(signal.SIGCONT)

    def pause(self):
        for process in self.processes:
            process.send_signal(signal.SIGSTOP)

    def measure(self):
        """Frames a second at the guest's end, and its clock ticks a frame."""
        self.resume()
        try:
            # As many as keep bursts full: one end was stopped before the other, which found no room meanwhile.
            for _ in range(INJECTIONS if self.starter else 0):
                self.starter.sample("inject")
            time.sleep(LEAD_IN_SECONDS)
            first = self.guest.sample()
            time.sleep(WINDOW_SECONDS)  # the window itself
            last = self.guest.sample()
        finally:
            self.pause()
        if last["foreign"]:
            raise EndFailed(f"{last['foreign']} frames came that nobody sent")
        rates = last.since(first)
        if rates["ticks"] is None:
            raise EndFailed("no frame passed")
        return rates[self.rate_name], rates["ticks"]


def running(stack, setting, guest, ends, starter=None):
    """Once traffic passes; `starter` injects what two ends bounce. On `stack`: that the ends run when they are to end."""
    if not wait_for_traffic(guest, starter):
        raise EndFailed("no frame passed")
    path = Running(setting.direction, guest, ends, starter)
    stack.callback(path.resume)
    path.pause()
    return path


class Pair:
    """avp_traffic at both ends, over a device that DPDK has for both."""

    def __init__(self, bench, name, host_device, guest_device, single_file=False, most_queues=8, needs_huge=False):
        self.bench, self.name = bench, name
        self.host_device, self.guest_device = host_device, guest_device
        self.single_file, self.most_queues, self.needs_huge = single_file, most_queues, needs_huge

    def can(self, setting):
        return setting.queues <= self.most_queues and (self.bench.huge or not self.needs_huge)

    def start(self, setting, scratch, stack):
        values = {"socket": os.path.join(scratch, "pair.sock"), "queues": setting.queues}
        ends = []
        for processor, device, mode, prefix in (
                (HOST, self.host_device, OTHER_END[setting.direction], "bench-host"),
                (GUEST, self.guest_device, setting.direction, "bench-guest")):
            eal = Eal(scratch, self.bench.huge, prefix, [device.format(**values)], single_file=self.single_file)
            ends.append(Traffic(self.bench.programs.traffic, processor, eal, mode, self.bench.traffic_options(setting)))
            stack.callback(ends[-1].end)
        return running(stack, setting, ends[1], ends, ends[0] if setting.direction == "bounce" else None)


class Ring:
    """Pointers passed inside one process: the bound above everything that copies."""

    name = "net_ring (one process)"

    def __init__(self, bench):
        self.bench = bench

    def can(self, setting):
        return setting.direction == "bounce" and setting.queues == 1

    def start(self, setting, scratch, stack):
        eal = Eal(scratch, self.bench.huge, "bench-ring", ["net_ring0"])
        end = Traffic(self.bench.programs.traffic, GUEST, eal, "bounce", self.bench.traffic_options(setting))
        stack.callback(end.end)
        return running(stack, setting, end, [end], end)


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
