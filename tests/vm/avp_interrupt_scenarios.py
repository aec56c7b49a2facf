# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Interrupts of RX queues in a guest: the program tests/avp-pmd/sleeper.c never polls, so that each frame it has it was woken for."""

import re

from avp_scenarios import UIO, VFIO, booted, check_no_faults
from avp_side import MACS, PORTS, prepare, require_ours
from scenarios import check, scenario

SLEEPER = "avp_sleeper"
# One end a queue: (card, queue, ring, last byte of the source address, by which the host chooses that ring). The second card has
# four rings for two queues.
FLOWS = ((0, 0, 0, 3), (0, 1, 1, 2), (1, 0, 1, 8), (1, 1, 3, 5))
ALL_VECTORS = set(range(9))


def vectors(guest, address):
    """Of each interrupt vector that VFIO has of a function, how often it came."""
    counts = {}
    for line in guest.run("cat /proc/interrupts").splitlines():
        found = re.search(rf"vfio-msix\[(\d+)\]\({address}\)", line)
        if found:
            counts[int(found[1])] = sum(int(word) for word in line.split()[1:] if word.isdigit())
    return counts


class Flows:
    """Single frames for each queue of a guest that sleeps."""

    def __init__(self, host, guest, addresses, sleeper):
        self._host, self._guest, self._addresses, self._sleeper = host, guest, addresses, sleeper
        self._sent = [0] * len(FLOWS)

    @staticmethod
    def switches():
        ends = (f"{{name: flow{number}, end: generator, frames: 0, destination: \"{MACS[card]}\", "
                f"source: \"02:00:00:00:00:0{source}\"}}" for number, (card, _, _, source) in enumerate(FLOWS))
        return f"[{{name: lan, ends: [{', '.join(ends)}]}}]"

    def wake(self, each=1):
        """Each queue is asleep, woken by a frame, and asleep again; so many times."""
        for number, (card, queue, _, _) in enumerate(FLOWS):
            for _ in range(each):
                self._host.ctl("send", f"flow{number}", "1")
                self._sent[number] += 1
                self._sleeper.wait(f"port {card} queue {queue}: asleep after {self._sent[number]} frames$")

    def wake_by_interrupts(self, each):
        """The same, by as many interrupts of the vector of each flow's ring, and no others of a queue."""
        signalled = [self._host.show(port)["device"]["rx_interrupts"] for port in PORTS]
        came = [vectors(self._guest, address) for address in self._addresses]
        self.wake(each)
        for card, address in enumerate(self._addresses):
            rings = [ring for of_card, _, ring, _ in FLOWS if of_card == card]
            now = vectors(self._guest, address)
            more = {vector - 1: now[vector] - came[card][vector] for vector in now if vector != 0}
            check(more == {ring: each if ring in rings else 0 for ring in more}, f"interrupts of {address}: {more}")
            raised = self._host.show(PORTS[card])["device"]["rx_interrupts"] - signalled[card]
            check(raised == each * len(rings), f"{PORTS[card]} signalled {raised} times")


def check_vectors(guest, addresses, wanted):
    for address in addresses:
        found = set(vectors(guest, address))
        check(found == wanted, f"{address} has the vectors {found}, not {wanted}")


def sleeps_in_vain(guest, addresses):
    """Without VFIO our driver refuses a configuration with interrupts of RX queues."""
    sleeper = guest.start_dpdk(SLEEPER, addresses)
    sleeper.wait("intr_conf.rxq: the device has no interrupt vectors for RX queues")
    sleeper.wait("^configure: Operation not supported")
    sleeper.wait_end()
    for address in addresses:
        guest.release(address)


@scenario
def own_driver_interrupts(lab):
    """avp: RX queues of our driver sleep until an interrupt wakes them, over migrations and restarts, until their card is removed."""
    require_ours(lab)
    lab.add_test_program(SLEEPER)
    host, emulator = prepare(lab, *VFIO, *UIO, switches=Flows.switches(), settings=(
        "behind: {switch: lan}, rx_queues: {minimum: 1}", "behind: {switch: lan}, rx_queues: {minimum: 4}"))
    guest, addresses = booted(lab, host, emulator, "uio_pci_generic", has_iommu=True)
    sleeps_in_vain(guest, addresses)
    for address in addresses:
        guest.bind(address, "vfio-pci")
    sleeper = guest.start_dpdk(SLEEPER, addresses)
    sleeper.wait("port 1 queue 1: asleep after 0 frames")
    check_vectors(guest, addresses, ALL_VECTORS)
    flows = Flows(host, guest, addresses, sleeper)
    flows.wake()
    flows.wake_by_interrupts(5)

    before = vectors(guest, addresses[0])[0]
    ups = sleeper.log().count("port 0: link up")
    host.ctl("link", "down", "vm1")
    sleeper.wait("port 0: link down")
    host.ctl("link", "up", "vm1")
    sleeper.wait("port 0: link up", count=ups + 1)
    check(vectors(guest, addresses[0])[0] > before, "the link's changes came without an interrupt")
    for port in PORTS:
        host.ctl("migrate", "detach", port)
        host.ctl("migrate", "attach", port)
    flows.wake()
    flows.wake_by_interrupts(2)
    host.restart()
    for port in PORTS:
        host.wait(port, "up", lambda document: document["state"] == "up")
    flows.wake()
    flows.wake_by_interrupts(2)

    for number in range(2):
        sleeper.say("stop")
        sleeper.wait("port 1: stopped", count=number + 1)
        check_vectors(guest, addresses, {0})
        sleeper.say("start")
        sleeper.wait("port 1: started", count=number + 2)
        flows.wake()
        check_vectors(guest, addresses, ALL_VECTORS)
    flows.wake_by_interrupts(2)
    check_no_faults(host)
    # As an unplugging: the kernel waits for who has the card.
    guest.start(f"sh -c 'echo 1 >/sys/bus/pci/devices/{addresses[0]}/remove'")
    sleeper.wait(f"^{addresses[0]}: is to be removed$")
    sleeper.say("close")
    sleeper.wait("port 1: closed")
    check_vectors(guest, addresses, set())
    sleeper.say("remove")
    guest.wait_cards(1)
    sleeper.quit()
