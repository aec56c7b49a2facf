# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""AVP cards of the shipped avp-host in guests of a stock QEMU, driven by the distribution's unmodified DPDK driver, or ours. One
function a scenario, as in scenarios.py."""

from avp_side import MACS, OUR_DRIVER, PORTS, TO_UNPLUG, AvpGuest, both_drivers, prepare, require_ours
from machine import GuestError
from scenarios import check, scenario

# Interrupts, and so migrations, reach a driver through VFIO only; UIO has none for a card without INTx.
UIO = ("uio_pci_generic",)
VFIO = ("vfio-pci", "vfio_iommu_type1")
RING_SLOTS = 1024
MIGRATION_STATUS = 8
GONE = 0xFFFFFFFF
PEERS = (f"--eth-peer=0,{MACS[1]}", f"--eth-peer=1,{MACS[0]}")
LIFETIME = 240


def booted(lab, host, emulator, driver, **machine):
    """A guest with both cards, bound to that driver, and their addresses."""
    guest = lab.guest(kind=AvpGuest, emulator=emulator, sockets=[host.socket(port) for port in PORTS],
                      lifetime=LIFETIME, **machine)
    addresses = guest.addresses()
    check(len(addresses) == 2, f"AVP cards: {addresses}")
    for address in addresses:
        guest.bind(address, driver)
    return guest, addresses


def forwarding(host, guest, addresses, driver=None):
    """The guest, its cards, and its testpmd, which sends frames to and fro between them."""
    testpmd = guest.start_testpmd(addresses, "--forward-mode=mac", *PEERS, driver=driver)
    # Several bursts: what circulates is not to end with one that is lost.
    testpmd.say("start tx_first 8")
    for port in PORTS:
        host.wait_frames(port)
    return guest, addresses, testpmd


def check_no_faults(host):
    for port in PORTS:
        faults = {name: count for name, count in host.show(port)["device"]["faults"].items() if count}
        check(not faults, f"{port}: {faults}")


@scenario
def identity(lab):
    """avp: a guest sees two cards with their identity and BARs, and the stock driver's frames are counted exactly."""
    host, emulator = prepare(lab, *UIO)
    guest, addresses = booted(lab, host, emulator, "uio_pci_generic")
    for address in addresses:
        words, sizes = guest.identity(address)
        check(words == ["0x1af4", "0x1110", "0x1af4", "0x1104", "0x050000"], f"{address} is {words}")
        check(sizes[0] == sizes[1] == sizes[5] == 4096 and sizes[4] == 65536 and sizes[3] == 0, f"BARs: {sizes}")
        check(sizes[2] >= 1 << 20 and sizes[2] & (sizes[2] - 1) == 0, f"BAR 2: {sizes}")
    testpmd = forwarding(host, guest, addresses)[2]
    testpmd.stop()
    for number, counters in enumerate(testpmd.counters()):
        sent, received = counters["TX-packets"], counters["RX-packets"]
        from_guest, to_guest = host.frames(PORTS[number])
        # What came last may still lie in the guest's ring.
        check(from_guest == sent and 0 <= to_guest - received < RING_SLOTS, f"port {number}: {counters}, "
              f"the host counted {from_guest} and {to_guest}")
    check_no_faults(host)
    testpmd.quit()
    host.wait("vm1", "shut down", lambda document: document["state"] == "shut_down")


@scenario
def migration(lab):
    """avp: a card is detached and attached while frames flow, three times, and each frame is accounted for."""
    migrate(lab)


@scenario
def own_driver_migration(lab):
    """avp: our driver takes a guest's cards, and detaches and attaches one three times while frames flow, each accounted for."""
    require_ours(lab)
    migrate(lab, OUR_DRIVER)


def migrate(lab, driver=None):
    host, emulator = prepare(lab, *VFIO)
    guest, addresses = booted(lab, host, emulator, "vfio-pci", has_iommu=True)
    testpmd = guest.start_testpmd(addresses, "--forward-mode=flowgen", *PEERS, driver=driver)
    taken_by = testpmd.driver()
    check(taken_by == ("net_avp_sdk" if driver else "net_avp"), f"the card went to {taken_by}")
    testpmd.say("start")
    rounds = 3
    for _ in range(rounds):
        for port in PORTS:
            host.wait_frames(port)
        host.ctl("migrate", "detach", "vm1")
        check(host.show("vm1")["state"] == "detached", f"after the detachment: {host.show('vm1')}")
        still = host.frames("vm1")
        host.wait_frames("vm2")
        check(host.frames("vm1") == still, "frames of a detached card")
        host.ctl("migrate", "attach", "vm1")
        check(host.show("vm1")["migration"] == "accepted", f"after the attachment: {host.show('vm1')}")
    for port in PORTS:
        host.wait_frames(port)
    testpmd.stop()
    for number, counters in enumerate(testpmd.counters()):
        from_guest, to_guest = host.frames(PORTS[number])
        lost_sent, lost_received = counters["TX-packets"] - from_guest, to_guest - counters["RX-packets"]
        allowed = RING_SLOTS * (rounds if number == 0 else 0)
        check(0 <= lost_sent <= allowed and 0 <= lost_received <= allowed + RING_SLOTS,
              f"port {number}: {counters}, the host counted {from_guest} and {to_guest}")
    document = host.show("vm1")
    lost = sum(document["device"]["dropped"].values()) + sum(document["dropped"].values())
    check(document["device"]["dropped"]["not_up"] > 0, f"nothing was refused while detached: {document}")
    sent = host.frames("vm2")[0] - sum(host.show("vm2")["dropped"].values())
    check(sent <= host.frames("vm1")[1] + lost, f"{sent} from vm2, {host.frames('vm1')[1]} to vm1, {lost} counted")
    check_no_faults(host)
    testpmd.quit()


@scenario
def killed_guest(lab):
    """avp: a guest of either driver that is killed amid its frames leaves its ports as at the start for the next one."""
    host, emulator = prepare(lab, *UIO)
    for driver in both_drivers(lab):
        guest, _, _ = forwarding(host, *booted(lab, host, emulator, "uio_pci_generic"), driver)
        guest.process.kill()
        for port in PORTS:
            host.wait(port, "waiting for a guest", lambda document: document["state"] == "waiting"
                      and document["presentation"]["client"] is None)
    check_no_faults(host)


@scenario
def killed_host(lab):
    """avp: a guest outlives its host's death with either driver, its card reads as gone, and the next guest has the next host."""
    host, emulator = prepare(lab, *UIO)
    for driver in both_drivers(lab):
        guest, addresses, testpmd = forwarding(host, *booted(lab, host, emulator, "uio_pci_generic"), driver)
        check_no_faults(host)
        check(guest.register(addresses[0], MIGRATION_STATUS) == 0, "the card is there")
        host.kill()
        try:
            check(guest.register(addresses[0], MIGRATION_STATUS) == GONE, "the card is gone, and its registers say so")
            if driver:
                testpmd.wait(f"{addresses[0]}.*unplugged")
            testpmd.kill()
            guest.run("true")
        except (OSError, GuestError):
            # Our driver looks at a register every few milliseconds.
            if not guest.has_aborted_in("error_setv"):
                raise
            print("this QEMU aborts when a guest reads a vfio-user-pci card's register while its host dies")
        host.start()


@scenario
def replugged(lab):
    """avp: after its host was killed a card is unplugged and plugged into the running guest, and works again."""
    host, emulator = prepare(lab, *UIO, settings=TO_UNPLUG)
    guest, addresses = booted(lab, host, emulator, "uio_pci_generic")
    host.kill()
    for number in range(len(PORTS)):
        guest.unplug(number)
    check(guest.addresses() == [], f"cards that are unplugged: {guest.addresses()}")
    host.start()
    for number, port in enumerate(PORTS):
        guest.qmp.command("device_add", **guest.card(number, host.socket(port)))
    guest.wait_cards(len(PORTS))
    for address in addresses:
        guest.bind(address, "uio_pci_generic")
    testpmd = forwarding(host, guest, addresses)[2]
    check_no_faults(host)
    testpmd.quit()


@scenario
def restarted(lab):
    """avp: avp-host is restarted in place three times amid the frames of either driver in a guest, which keeps its cards."""
    host, emulator = prepare(lab, *VFIO)
    guest, addresses = booted(lab, host, emulator, "vfio-pci", has_iommu=True)
    for driver in both_drivers(lab):
        restart_amid_frames(host, guest, addresses, driver)
    require_ours(lab)


def restart_amid_frames(host, guest, addresses, driver):
    testpmd = guest.start_testpmd(addresses, "--forward-mode=flowgen", *PEERS, driver=driver)
    testpmd.say("start")
    for _ in range(3):
        for port in PORTS:
            host.wait_frames(port)
        host.restart()
    for port in PORTS:
        host.wait_frames(port)
        client = host.show(port)["presentation"]["client"]
        check(client and client["pid"] == guest.process.pid, f"{port}: the client is {client}")
    testpmd.stop()
    check_no_faults(host)
    testpmd.quit()
    # VFIO resets what is closed.
    host.wait("vm1", "waiting", lambda document: document["state"] == "waiting")
