# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""The PCI driver on devices that are files: no VM, but root and hugepages, since UIO wants physical addresses.

The test host wires two devices to each other. testpmd runs in a mount namespace of its own, in which /sys/class is the
host's and /dev has its FIFOs beside what a program needs.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile

from large_pages import free_megabytes
from stage import Failed, Program, Skipped, wait_until

MEGABYTES = 256
NAMESPACE = """
set -e
folder=$1; shift
dev=$folder/own-dev
mkdir -p "$dev"
mount -t tmpfs -o size=1m none "$dev"
for node in null zero full random urandom; do touch "$dev/$node"; mount --bind "/dev/$node" "$dev/$node"; done
for node in "$folder"/avp/dev/*; do ln -s "$node" "$dev/${node##*/}"; done
mkdir "$dev/hugepages" "$dev/shm"
mount -t hugetlbfs none "$dev/hugepages"
mount -t tmpfs none "$dev/shm"
mount --rbind "$dev" /dev
mount --bind "$folder/avp/class" /sys/class
exec "$@"
"""


def check_prerequisites():
    if os.geteuid() != 0:
        raise Skipped("files in place of PCI devices need root")
    free = free_megabytes()
    if free < MEGABYTES:
        raise Skipped(f"{free} MB of free hugepages, {MEGABYTES} are needed (sysctl vm.nr_hugepages)")
    done = subprocess.run(["unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise Skipped(f"no mounts in a namespace of one's own: {done.stderr.strip()}")


class CrossedHost(Program):
    """Two devices as files, wired to each other."""

    def __init__(self, stage):
        program = os.path.join(stage.build, "tests", "avp_crossed_host")
        if not os.path.exists(program):
            raise Skipped("avp_crossed_host was not built")
        self.folder = tempfile.mkdtemp(prefix="avp-files-", dir="/run")
        stage.own_folders.append(self.folder)
        super().__init__("crossed-host", [program, f"files:{self.folder}/avp", f"files:{self.folder}/avp"], stage.folder,
                         stdin=subprocess.PIPE)
        stage.programs.append(self)
        wait_until(lambda: os.path.exists(f"{self.folder}/avp/dev/uio1") or not self.running(), "the devices' files")
        wait_until(lambda: "ready" in self.output() or not self.running(), "the devices")
        self.lines = 1

    def command(self, line):
        """The host's line of answer."""
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

        def answer():
            found = [text for text in self.output().split("\n")[:-1] if text and not re.match(r"\d{4}-\d\d-", text)]
            return found[self.lines:] or None
        text = wait_until(answer, f"the answer to {line}")[0]
        self.lines += 1
        return text

    def ports(self):
        return json.loads(self.command("show"))


def pci_testpmd(stage, host, with_plugin, options=(), name="testpmd", sharing=("--in-memory",), wrapper=None):
    eal = ["-m", str(MEGABYTES - 64), "--huge-dir", "/dev/hugepages", "--log-level", "lib.eal:notice", *sharing]
    if with_plugin:
        eal += ["-d", stage.plugin()]
    wrapper = wrapper or ["unshare", "-m", "sh", "-c", NAMESPACE, "sh", host.folder]
    return stage.testpmd(name, eal, options, env={"SYSFS_PCI_DEVICES": f"{host.folder}/avp/devices"}, wrapper=wrapper)


def drivers_of(testpmd):
    return [re.search(r"Driver name: (\S+)", testpmd.command(f"show port info {port}"))[1] for port in (0, 1)]


def our_driver(stage):
    check_prerequisites()
    host = CrossedHost(stage)
    testpmd = pci_testpmd(stage, host, True, ["--forward-mode=io"])
    if drivers_of(testpmd) != ["net_avp_sdk", "net_avp_sdk"]:
        raise Failed(f"the devices went to {drivers_of(testpmd)}")
    testpmd.command("start tx_first 4")
    wait_until(lambda: min(testpmd.stats(0)["RX-packets"], testpmd.stats(1)["RX-packets"]) > 50000, "bouncing frames")
    testpmd.command("stop")
    for port in (0, 1):
        sent, stats = testpmd.stats(port), host.ports()
        print(f"port {port}: {sent}, host {stats[port]}")
        if sent["RX-errors"] or sent["TX-errors"]:
            raise Failed(f"errors: {sent}")
    if testpmd.quit() != 0:
        raise Failed("testpmd's exit status")


def migrated(stage):
    check_prerequisites()
    host = CrossedHost(stage)
    testpmd = pci_testpmd(stage, host, True, ["--forward-mode=txonly"])
    testpmd.command("start")
    for _ in range(5):
        wait_until(lambda: "Link status: up" in testpmd.command("show port info 0"), "the link up")
        host.command("detach 0")
        wait_until(lambda: host.ports()[0]["state"] == "detached", "the driver's answer to detach")
        wait_until(lambda: "Link status: down" in testpmd.command("show port info 0"), "the link down")
        host.command("attach 0")
        wait_until(lambda: host.ports()[0]["state"] == "up", "the driver's answer to attach")
    before = testpmd.stats(0)["TX-packets"]
    wait_until(lambda: testpmd.stats(0)["TX-packets"] > before + 1000, "traffic after the migrations")
    if testpmd.quit() != 0:
        raise Failed("testpmd's exit status")


def unplugged(stage):
    check_prerequisites()
    host = CrossedHost(stage)
    testpmd = pci_testpmd(stage, host, True, ["--forward-mode=txonly"])
    testpmd.command("start")
    wait_until(lambda: testpmd.stats(0)["TX-packets"] > 1000, "traffic")
    host.process.stdin.close()  # it ends, and its registers read as nothing's
    wait_until(lambda: "0000:00:00.0: unplugged" in testpmd.output(), "the driver's word on the unplugged device")
    wait_until(lambda: "Link status: down" in testpmd.command("show port info 0"), "the link down")
    if testpmd.quit() != 0:
        raise Failed("testpmd's exit status")


def both_drivers(stage):
    check_prerequisites()
    taken = {}
    for with_plugin in (True, False):
        host = CrossedHost(stage)
        testpmd = pci_testpmd(stage, host, with_plugin, name=f"testpmd-{with_plugin}")
        taken[with_plugin] = drivers_of(testpmd)
        testpmd.quit()
        host.end()
        shutil.rmtree(host.folder, ignore_errors=True)
    print(f"with -d: {taken[True]}, without: {taken[False]}")
    if taken != {True: ["net_avp_sdk"] * 2, False: ["net_avp"] * 2}:
        raise Failed(f"{taken}")


def refused(stage):
    """A device that ours refuses is not taken by the distribution's driver either."""
    check_prerequisites()
    host = CrossedHost(stage)
    with open(f"{host.folder}/avp/devices/0000:00:00.0/resource5", "r+b") as file:
        file.seek(350)
        file.write(b"\0")  # mode: host
    testpmd = pci_testpmd(stage, host, True)
    if "0000:00:00.0: refused: mode is 0, not 1 (guest)" not in testpmd.output():
        raise Failed("the refusal is not in the log")
    if "Driver name: net_avp_sdk" not in testpmd.command("show port info 0"):
        raise Failed("the other device is not port 0")
    if "Invalid port 1" not in testpmd.command("show port info 1"):
        raise Failed("another driver took the refused device")
    testpmd.quit()


def two_processes(stage):
    check_prerequisites()
    host = CrossedHost(stage)
    shared = ["--file-prefix", f"avp-{os.getpid()}"]
    options = ["--forward-mode=io", "--num-procs=2", "--rxq=2", "--txq=2"]
    primary = pci_testpmd(stage, host, True, [*options, "--proc-id=0"], "primary", [*shared, "--proc-type=primary"])
    secondary = pci_testpmd(stage, host, True, [*options, "--proc-id=1"], "secondary",
                            [*shared, "--proc-type=secondary"], ["nsenter", "-t", str(primary.process.pid), "-m"])
    primary.command("start")
    secondary.command("start tx_first 4")
    wait_until(lambda: min(secondary.stats(0)["RX-packets"], primary.stats(1)["RX-packets"]) > 20000, "bouncing frames")
    # Control of the primary reaches the secondary's bursts too.
    for _ in range(3):
        host.command("detach 0")
        wait_until(lambda: host.ports()[0]["state"] == "detached", "the answer to detach")
        host.command("attach 0")
        wait_until(lambda: host.ports()[0]["state"] == "up", "the answer to attach")
    for program in (secondary, primary):
        if program.quit() != 0:
            raise Failed(f"the exit status of {program.name}")


FILES = {
    "the PCI driver takes two devices that are files, and frames bounce between them": our_driver,
    "a device that is a file is migrated five times while testpmd sends": migrated,
    "a device that is unplugged amid its frames leaves testpmd running": unplugged,
    "a secondary process moves frames of the primary's device, and a migration waits for both": two_processes,
    "of two drivers for a device, -d names the one that takes it": both_drivers,
    "a device that our driver refuses is left alone by the distribution's": refused,
}
