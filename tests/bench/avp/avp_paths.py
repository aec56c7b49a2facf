# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""The AVP paths that avp_bench.py measures: our host at one end, a driver at the other."""

import os
import shutil
import sys

from aims import DISTRIBUTION, OURS, SCATTERED, SWITCH, SWITCH_FLOOR
from avp_host import AvpHost
from ends import Eal, Traffic
from paths import FRAMES, GUEST, HOST, MEMIF, running

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(1, os.path.join(ROOT, "tests", "avp-pmd", "interop"))

# pylint: disable=wrong-import-position # they lie with the tests
from files_scenarios import NAMESPACE, check_prerequisites
from stage import Skipped, is_private

MAC = "02:00:00:00:00:0{}"
# What a guest's direction wants behind its port; an echo has room for as much as is injected.
ENDS = {"send": "end: counter", "receive": "end: generator, sizes: [{sizes}]", "bounce": "end: echo"}
PLAIN = "max_frame_bytes: 1522"
JUMBO = "max_frame_bytes: 9238"  # larger than a buffer: the distribution's driver takes its scattered path


def by_socket(scratch, number):
    return f"socket: {scratch}/vm{number}.sock"


def by_files(scratch):
    return f"presentation: files, directory: {scratch}/avp, rx_interrupts: false"


def port(number, presentation, behind, size, queues):
    counts = f"{{minimum: {queues}, maximum: {queues}}}"
    return (f"- {{name: vm{number}, {presentation}, mac: \"{MAC.format(number)}\", {size}, "
            f"rx_queues: {counts}, tx_queues: {counts}, behind: {{{behind}}}}}")


class Driver:
    """A driver on one port of avp-host with nothing but an end behind it."""

    def __init__(self, bench, name, size):
        self.bench, self.name, self.size = bench, name, size

    def can(self, setting):
        return setting.queues <= 8

    def start(self, setting, scratch, stack):
        behind = ENDS[setting.direction].format(sizes=", ".join(map(str, FRAMES[setting.frames])))
        host = AvpHost(self.bench.programs.avp_host, HOST, scratch,
                       [port(1, self.presentation(scratch), behind, self.size, setting.queues)])
        stack.callback(host.end)
        guest = self.guest(setting, scratch)
        stack.callback(guest.end)
        return running(stack, setting, guest, [host, guest], guest if setting.direction == "bounce" else None)


class OurDriver(Driver):
    """Ours, as a virtual device: by the socket."""

    def presentation(self, scratch):
        return by_socket(scratch, 1)

    def guest(self, setting, scratch):
        bench = self.bench
        eal = Eal(scratch, bench.huge, "bench-guest", [f"net_avp_user0,socket={scratch}/vm1.sock"],
                  plugins=[bench.driver])
        return Traffic(bench.programs.traffic, GUEST, eal, setting.direction, bench.traffic_options(setting))


class DistributionDriver(Driver):
    """The distribution's, unmodified: a PCI device that is files, in a mount namespace of the guest's own."""

    def presentation(self, scratch):
        return by_files(scratch)

    def guest(self, setting, scratch):
        bench = self.bench
        eal = Eal(scratch, "/dev/hugepages", "bench-guest", [], pci="0000:00:00.0")
        launcher = ["unshare", "-m", "sh", "-c", NAMESPACE, "sh", scratch]
        return Traffic(bench.programs.traffic, GUEST, eal, setting.direction, bench.traffic_options(setting), launcher,
                       {"SYSFS_PCI_DEVICES": f"{scratch}/avp/devices"})


class OurSwitch:
    """Two ports of one guest process on one processor, our switch on the other: each frame goes from one to the other."""

    name = SWITCH

    def __init__(self, bench):
        self.bench = bench

    def can(self, setting):
        return setting.direction == "bounce" and setting.queues == 1

    def start(self, setting, scratch, stack):
        bench = self.bench
        ports = [port(number, by_socket(scratch, number), "switch: lan", PLAIN, setting.queues) for number in (1, 2)]
        host = AvpHost(bench.programs.avp_host, HOST, scratch, ports, ["- {name: lan, worker: bench}"])
        stack.callback(host.end)
        devices = [f"net_avp_user{number},socket={scratch}/vm{number}.sock" for number in (1, 2)]
        eal = Eal(scratch, bench.huge, "bench-guest", devices, plugins=[bench.driver])
        guest = Traffic(bench.programs.traffic, GUEST, eal, "bounce", bench.traffic_options(setting))
        stack.callback(guest.end)
        return running(stack, setting, guest, [host, guest], guest)


class MemifSwitch:
    """The same with two copying memif ports, and testpmd's way of forwarding at the other end."""

    name = SWITCH_FLOOR

    def __init__(self, bench):
        self.bench = bench

    def can(self, setting):
        return setting.direction == "bounce" and setting.queues == 1

    def start(self, setting, scratch, stack):
        bench = self.bench
        ends = []
        for processor, role in ((HOST, "server"), (GUEST, "client")):
            devices = [MEMIF.format(role=role).replace("net_memif0", f"net_memif{number}")
                       .format(socket=os.path.join(scratch, f"switch{number}.sock")) for number in (0, 1)]
            eal = Eal(scratch, bench.huge, f"bench-{role}", devices)
            ends.append(Traffic(bench.programs.traffic, processor, eal, "bounce", bench.traffic_options(setting)))
            stack.callback(ends[-1].end)
        return running(stack, setting, ends[1], ends, ends[1])


def loadable(driver, folder):
    """The driver where EAL takes it: not below a folder that everybody may write to. None if there is no such place."""
    if is_private(os.path.dirname(os.path.realpath(driver))):
        return driver
    return shutil.copy(driver, folder) if is_private(os.path.realpath(folder)) else None


def avp_paths(bench):
    """(the paths that can run here, [(name, reason)] of those that can't)."""
    if not os.path.exists(bench.programs.driver):
        return [], [("AVP", "the driver is not built (scripts/setup dpdk)")]
    bench.driver = loadable(bench.programs.driver, bench.scratch)
    if bench.driver is None:
        return [], [("AVP", "EAL loads no driver from below a folder that everybody may write to")]
    paths = [OurDriver(bench, OURS, PLAIN), OurDriver(bench, OURS + SCATTERED, JUMBO), OurSwitch(bench),
             MemifSwitch(bench)]
    try:
        check_prerequisites()
    except Skipped as reason:
        return paths, [(DISTRIBUTION, str(reason))]
    return paths + [DistributionDriver(bench, DISTRIBUTION, PLAIN),
                    DistributionDriver(bench, DISTRIBUTION + SCATTERED, JUMBO)], []
