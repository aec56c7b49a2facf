# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""What AVP scenarios are made of: the shipped avp-host with avpctl, and a guest with AVP cards from it, in which the
distribution's unmodified testpmd has its own AVP driver or ours."""

import glob
import json
import os
import signal
import subprocess
import time

import vfio_qemu
from guest_testpmd import LINES, DpdkProgram, Testpmd
from lab import Guest, wait_until
from machine import die_with_parent
from prerequisites import Unavailable

MACS = ("02:61:76:70:00:01", "02:61:76:70:00:02")
PORTS = ("vm1", "vm2")
READY_SECONDS = 20
STARTED = "avp-host: started "
# What testpmd opens by name.
PLUGINS = ("librte_bus_pci", "librte_mempool_ring", "librte_net_avp")
OUR_DRIVER = "librte_net_avp_sdk.so"
MEMORY_MB = 768
HUGE_PAGES = 100

SWITCH = "[{name: lan}]"
ON_A_SWITCH = ("behind: {switch: lan}",) * 2
# QEMU 11.1.3 aborts when a vfio-user card with MSI-X is unplugged.
TO_UNPLUG = ("msix: false, behind: {switch: lan}",) * 2


class AvpHost:
    """A running avp-host with ports vm1 and vm2, their sockets in `folder`; each with its own part of the settings, and
    these switches beside them."""

    def __init__(self, binaries, folder, settings=ON_A_SWITCH, switches=SWITCH):
        self.folder = folder
        self._binaries = binaries
        self._settings = os.path.join(folder, "avp-host.yaml")
        self.process = None
        with open(self._settings, "w", encoding="utf-8") as file:
            file.write(f"control: {{socket: {folder}/avp.sock}}\nswitches: {switches}\nports:\n")
            for port, mac, more in zip(PORTS, MACS, settings):
                file.write(f"- {{name: {port}, mac: \"{mac}\", socket: {self.socket(port)}, {more}}}\n")

    def start(self):
        """Returns when it answers."""
        with open(os.path.join(self.folder, "avp-host.log"), "ab") as log:
            self.process = subprocess.Popen([os.path.join(self._binaries, "avp-host"), "--config", self._settings],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=die_with_parent)
        deadline = time.monotonic() + READY_SECONDS
        while self.ctl("status", check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("avp-host did not start")
            time.sleep(0.02)
        return self

    def socket(self, port):
        return os.path.join(self.folder, f"{port}.sock")

    def ctl(self, *arguments, check=True):
        """The finished `avpctl --json ARGUMENTS`."""
        command = [os.path.join(self._binaries, "avpctl"), "--socket", os.path.join(self.folder, "avp.sock"), "--json"]
        return subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, check=check)

    def show(self, port):
        """Everything about one port."""
        return json.loads(self.ctl("show", port).stdout)

    def queues(self, port, way):
        """Frames and bytes of each queue, `from_guest` or `to_guest`."""
        return {queue["queue"]: (queue["frames"], queue["bytes"]) for queue in self.show(port)["device"][way]}

    def frames(self, port):
        """Frames that came from the guest, and frames that went into its rings, over all queues."""
        return tuple(sum(frames for frames, _ in self.queues(port, way).values()) for way in ("from_guest", "to_guest"))

    def wait(self, port, what, condition, seconds=30):
        """Until the port's document fulfils the condition."""
        deadline = time.monotonic() + seconds
        while not condition(self.show(port)):
            if time.monotonic() > deadline:
                raise AssertionError(f"{port} is not {what}: {self.show(port)}\nall ports: {self.ctl('counters').stdout}")
            time.sleep(0.02)

    def wait_frames(self, port, more=2000):
        """Until the port's guest has sent so many frames from now on."""
        wanted = self.show(port)["frames_from"] + more
        self.wait(port, "sending", lambda document: document["state"] == "up" and document["frames_from"] >= wanted)

    def restart(self):
        """In place; returns when the successor answers."""
        before = self.log_text().count(STARTED)
        self.process.send_signal(signal.SIGUSR2)
        deadline = time.monotonic() + READY_SECONDS
        while self.log_text().count(STARTED) == before or self.ctl("status", check=False).returncode:
            if self.process.poll() is not None or "not restarted" in self.log_text() or time.monotonic() > deadline:
                raise RuntimeError("avp-host was not restarted")
            time.sleep(0.02)

    def log_text(self):
        with open(os.path.join(self.folder, "avp-host.log"), encoding="utf-8") as log:
            return log.read()

    def kill(self):
        """SIGKILL, as a crash would be."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()


class AvpGuest(Guest):
    """A guest with one AVP card for each socket, each in a PCIe slot of its own, so that it can be plugged."""

    def __init__(self, *where, emulator, sockets, has_iommu=False, **machine):
        self._emulator = emulator
        self._sockets = sockets
        self._has_iommu = has_iommu
        # Without the last word an emulated timer that is late is taken for one that does not work at all.
        append = f"panic=-1 hugepages={HUGE_PAGES}{' intel_iommu=on no_timer_check' if has_iommu else ''}"
        super().__init__(*where, append=append, processor="max", **machine)

    def _command(self, *arguments):
        command = super()._command(*arguments)
        command[command.index("-m") + 1] = str(MEMORY_MB)
        command[command.index("-M") + 1] = "q35,memory-backend=ram"
        command[0:1] = self._emulator
        command += ["-object", f"memory-backend-memfd,id=ram,size={MEMORY_MB}M,share=on"]
        if self._has_iommu:
            command += ["-device", "intel-iommu,intremap=on,caching-mode=on"]
        for number, path in enumerate(self._sockets):
            command += ["-device", f"pcie-root-port,id=slot{number},chassis={number + 1},addr={number + 0x10:#x}",
                        "-device", json.dumps(self.card(number, path))]
        return command

    @staticmethod
    def card(number, path):
        """The properties of an AVP card, for the command line or QMP."""
        return {"driver": "vfio-user-pci", "id": f"avp{number}", "bus": f"slot{number}",
                "socket": {"type": "unix", "path": path}}

    def addresses(self):
        """PCI addresses of the AVP cards, in their slots' order."""
        found = self.run("cd /sys/bus/pci/devices; grep -l 0x1110 */device | cut -d/ -f1 | sort", check=False)[1]
        return found.split()

    def wait_cards(self, count):
        """Until the kernel has found as many."""
        self.run(wait_until(f"[ $(grep -l 0x1110 /sys/bus/pci/devices/*/device | wc -l) = {count} ]"))

    def unplug(self, number):
        """Takes a card out by QMP, and waits until it is."""
        self.qmp.command("device_del", id=f"avp{number}")
        self.qmp.wait_event("DEVICE_DELETED", seconds=30, device=f"avp{number}")

    def has_aborted_in(self, function):
        """Whether QEMU ended with a failed assertion of its own there."""
        with open(os.path.join(self.folder, "qemu.log"), encoding="utf-8") as log:
            return f"{function}: Assertion" in log.read()

    def register(self, address, offset):
        """A register of BAR 0, read by its physical address."""
        start = int(self.run(f"head -1 /sys/bus/pci/devices/{address}/resource").split()[0], 16)
        return int(self.run(f"devmem {start + offset:#x} 32"), 16)

    def identity(self, address):
        """The identity of a function and the sizes of its BARs, as its kernel sees them."""
        folder = f"/sys/bus/pci/devices/{address}"
        words = self.run(f"cd {folder}; cat vendor device subsystem_vendor subsystem_device class").split()
        lines = self.run(f"head -6 {folder}/resource").splitlines()
        spans = [[int(word, 16) for word in line.split()] for line in lines]
        return words, [last - first + 1 if last else 0 for first, last, _ in spans]

    def bind(self, address, driver):
        """Gives a function to a driver that makes it DPDK's."""
        folder = f"/sys/bus/pci/devices/{address}"
        self.run(f"echo {driver} >{folder}/driver_override; echo {address} >/sys/bus/pci/drivers_probe; "
                 f"test -e {folder}/driver")

    def release(self, address):
        """Takes a function from its driver."""
        self.run(f"echo {address} >/sys/bus/pci/devices/{address}/driver/unbind")

    def start_testpmd(self, addresses, *options, driver=None):
        """The distribution's, with the ports in the order of the addresses; waits for its prompt. `driver` is opened beside
        what it always opens, and so is the one that takes the cards."""
        opened = [*([driver] if driver else []), *map(os.path.basename, drivers())]
        testpmd = Testpmd(self, addresses, options, opened)
        testpmd.wait("testpmd> ")
        return testpmd

    def start_dpdk(self, program, addresses):
        """Another DPDK program, with our driver."""
        return DpdkProgram(self, program, addresses, [OUR_DRIVER, *map(os.path.basename, drivers())])


def drivers():
    """The libraries that testpmd opens by name, on this machine."""
    found = []
    for name in PLUGINS:
        files = sorted(glob.glob(f"/usr/lib/*/dpdk/pmds-*/{name}.so.*"), key=len)
        if not files:
            raise Unavailable(f"{name} is not installed (scripts/setup dpdk)")
        found.append(files[0])
    return found


def our_driver(lab):
    """Where it is built, if it is."""
    return os.path.join(os.path.dirname(lab.binaries), "lib", OUR_DRIVER)


def require_ours(lab):
    if not os.path.exists(our_driver(lab)):
        raise Unavailable("our driver is not built (scripts/setup dpdk)")


def both_drivers(lab):
    """The stock one, and ours if it is built: what start_testpmd() takes."""
    return (None, OUR_DRIVER) if os.path.exists(our_driver(lab)) else (None,)


def prepare(lab, *modules, **host):
    """A started avp-host, and the emulator's command for guests with these kernel modules and testpmd in them."""
    lab.add_system_program("dpdk-testpmd")
    lab.add_modules(*modules)
    for plugin in (*drivers(), LINES, *filter(os.path.exists, [our_driver(lab)])):
        lab.add_plugin(plugin)
    emulator = vfio_qemu.fetch(lab.cache)
    return lab.keep(AvpHost(lab.binaries, lab.folder, **host)).start(), emulator
