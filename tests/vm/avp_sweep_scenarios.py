# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Every size of frame through a guest and back: generators of avp-host make them, the guest's driver takes them from one
card and sends them by the other one, and counters of avp-host check each byte. At most MOST_AT_ONCE are under way, fewer
than any ring holds, so none may be lost, and both ends must have counted the same."""

from avp_scenarios import UIO, booted, check_no_faults
from avp_side import PORTS, both_drivers, prepare, require_ours
from scale_scenarios import KERNELS
from scenarios import check, scenario

SIZES = range(60, 9239)
TAGGED_SIZES = range(60, 9235)  # a tag counts in the largest frame
NATIVE, PASSED, INSERTED = 5, 100, 200  # VLANs
FLOWS = 64
MOST_AT_ONCE = 640
GENERATOR = f"end: generator, frames: 0, flows: {FLOWS}"
COUNTER = "end: counter, verify: true"
SWITCHES = (f"[{{name: in, ends: [{{name: plain, {GENERATOR}, sizes: [60-9238], vlan: {NATIVE}}}, "
            f"{{name: tagged, {GENERATOR}, sizes: [60-9234], vlan: {PASSED}}}]}}, "
            f"{{name: out, ends: [{{name: native, {COUNTER}, vlan: {NATIVE}}}, "
            f"{{name: passed, {COUNTER}, vlan: {PASSED}}}, {{name: inserted, {COUNTER}, vlan: {INSERTED}}}]}}]")
# Buffers of two sizes, so that chains are cut anew between the cards.
DEVICE = "max_frame_bytes: 9238, ring_slots: 4096, buffers: 32768"
PORT_SETTINGS = (f"{DEVICE}, behind: {{switch: in, trunk: [{PASSED}], native: {NATIVE}}}",
                 f"{DEVICE}, buffer_bytes: 1856, "
                 f"behind: {{switch: out, trunk: [{PASSED}, {INSERTED}], native: {NATIVE}}}")
# What the distribution's driver needs no word for: it does not know these offloads, and does scatter (specification 2.2).
CHAINS = ("--enable-scatter", "--tx-offloads=0x8000")


class Sweeps:
    """One testpmd in a guest, with both cards."""

    def __init__(self, host, guest, addresses, driver, *options):
        self._host = host
        self._testpmd = guest.start_testpmd(addresses, "--max-pkt-len=9238", *(CHAINS if driver else ()), *options,
                                            driver=driver)
        taken_by = [self._testpmd.driver(port) for port in range(len(PORTS))]
        check(taken_by == ["net_avp_sdk" if driver else "net_avp"] * 2, f"the cards went to {taken_by}")

    def configure(self, queues, *more):
        """Stops forwarding and ports, and starts them anew with so many queues."""
        self._testpmd.command("stop", "port stop all", f"port config all rxq {queues}", f"port config all txq {queues}",
                              *more, "port start all", "start")
        for port in PORTS:
            self._host.wait(port, f"up with {queues} queues", lambda document: document["state"] == "up" and [
                document["guest"][way] for way in ("rx_queues", "tx_queues")] == [queues] * 2)

    def run(self, queues, generator, counter, sizes):
        """Each size once: every frame arrives intact, and both ends count each queue's frames alike. A switch does not wait
        long for a port that its control thread is busy with: where that cost frames, and they are counted, once more."""
        for _ in range(5):
            if self._sweep(queues, generator, counter, sizes):
                return
        raise AssertionError(f"a sweep of {generator} was never whole: {self._host.show(PORTS[0])}")

    def _sweep(self, queues, generator, counter, sizes):
        before = self._counts()
        begun = self._host.show(counter)["counters"]
        # Another counter may have had this generator's numbers before.
        elsewhere = self._host.show(generator)["counters"]["made"] - begun["intact"] + begun["late"] - begun["skipped"]
        lost, busy = 0, self._unavailable()
        for at in range(0, len(sizes), MOST_AT_ONCE):
            count = min(MOST_AT_ONCE, len(sizes) - at)
            self._host.ctl("send", generator, str(count))
            wanted = begun["frames"] + at + count - lost
            try:
                self._host.wait(counter, f"at {wanted} frames",
                                lambda document, wanted=wanted: document["counters"]["frames"] >= wanted, seconds=5)
            except AssertionError:
                arrived = self._host.show(counter)["counters"]["frames"]
                lost += wanted - arrived
                if lost == 0 or self._unavailable() - busy != lost:
                    raise
        if lost:
            return False
        counted = self._host.show(counter)["counters"]
        found = {name: counted[name] - begun[name] for name in counted}
        # Between queues frames overtake each other: each number that was passed over comes later.
        late = found.pop("late")
        expected = {"frames": len(sizes), "bytes": sum(sizes), "intact": len(sizes), "damaged": 0, "foreign": 0,
                    "skipped": late + elsewhere}
        check(found == expected and (queues > 1 or late == 0), f"{queues} queues, {generator}: {found}, {late} late")
        self._check_counts(queues, before, len(sizes))
        return True

    def _unavailable(self):
        """Frames for the guest that were lost to a busy control thread."""
        return self._host.show(PORTS[0])["dropped"]["unavailable"]

    def _counts(self):
        """What the host counts of each queue on the frames' way, and what the guest does."""
        return ([self._host.queues(PORTS[0], "to_guest"), self._host.queues(PORTS[1], "from_guest")],
                self._testpmd.extended_counters())

    def _check_counts(self, queues, before, frames):
        now = self._counts()
        for port, way in enumerate(("rx", "tx")):
            hosts = {queue: tuple(new - old for new, old in zip(counts, before[0][port].get(queue, (0, 0))))
                     for queue, counts in now[0][port].items()}
            guests = {name: value - before[1][port].get(name, 0) for name, value in now[1][port].items()}
            by_queue = {queue: (guests[f"{way}_q{queue}_packets"], guests[f"{way}_q{queue}_bytes"])
                        for queue in range(queues)}
            check(by_queue == {queue: hosts[queue] for queue in by_queue} and all(hosts[queue][0] for queue in by_queue)
                  and guests[f"{way}_good_packets"] == sum(count for count, _ in hosts.values()) == frames,
                  f"port {port}, {queues} queues: the guest counted {guests}, the host {hosts}")
            wrong = {name: count for name, count in guests.items() if count and ("err" in name or "missed" in name)}
            check(not wrong, f"port {port}: {wrong}")

    def mtu(self):
        """What the host was told when the guest's MTU was set, and what testpmd said."""
        said = self._testpmd.command("stop", "port config mtu 0 4000")
        return self._host.show(PORTS[0])["guest"]["mtu"], said

    def end(self):
        self._testpmd.quit()
        check_no_faults(self._host)


def sweep_with(driver, host, guest, addresses):
    """1 to 8 queues, frames with a tag and without, the tag in the frame and beside it."""
    sweeps = Sweeps(host, guest, addresses, driver, "--forward-mode=io")
    for queues in (1, 4, 8):
        sweeps.configure(queues)
        sweeps.run(queues, "plain", "native", SIZES)
    sweeps.run(8, "tagged", "passed", TAGGED_SIZES)
    told, said = sweeps.mtu()
    if driver:
        check(told == 4000, f"the host was told of an MTU of {told}: {said}")
    else:
        check(told != 4000, "the distribution's driver tells the MTU, against specification 2.2")
        print("the distribution's driver does not set the MTU (specification 2.2)")
    sweeps.end()
    # Our driver cuts anew what came in many small mbufs; five at most are the other one's limit (specification 2.2).
    small = ["--mbuf-size=640"] if driver else []
    sweeps = Sweeps(host, guest, addresses, driver, "--forward-mode=mac", "--enable-hw-vlan-strip", *small)
    for queues in (8, 1):
        sweeps.configure(queues, f"tx_vlan set 1 {INSERTED}")
        sweeps.run(queues, "tagged", "inserted", TAGGED_SIZES)
    sweeps.end()


@scenario
def every_size(lab):
    """avp: every size of 60 to 9238, tagged or not, on 1, 4 and 8 queues passes either driver in a guest, counted exactly."""
    host, emulator = prepare(lab, *UIO, settings=PORT_SETTINGS, switches=SWITCHES)
    guest, addresses = booted(lab, host, emulator, "uio_pci_generic")
    for driver in both_drivers(lab):
        sweep_with(driver, host, guest, addresses)
    require_ours(lab)


def on_kernel(kernel, suite):
    """One scenario a kernel."""

    def passes(lab):
        host, emulator = prepare(lab, *UIO, settings=PORT_SETTINGS, switches=SWITCHES)
        guest, addresses = booted(lab, host, emulator, "uio_pci_generic", suite=suite)
        version = guest.run("uname -r")
        check(kernel == "7.x" or version.startswith(kernel + "."), f"the kernel is {version}")
        for driver in both_drivers(lab):
            sweeps = Sweeps(host, guest, addresses, driver, "--forward-mode=io")
            sweeps.configure(4)
            sweeps.run(4, "plain", "native", SIZES)
            sweeps.end()
        require_ours(lab)

    passes.__doc__ = f"avp: with kernel {kernel} both drivers take a guest's cards, and every size passes on 4 queues."
    return scenario(passes)


for _kernel, _suite in KERNELS.items():
    if _suite:
        on_kernel(_kernel, _suite)
