# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""The distribution's own, unmodified AVP driver on devices that are files: the only opinion of the device that is not
ours. What it counts is compared with what the host counts."""

import signal

from files_scenarios import CrossedHost, check_prerequisites, pci_testpmd
from stage import Failed, wait_until

RING_SLOTS = 256  # of the crossed host's devices
FRAMES = 50000


def started(stage, mode):
    """The host, and a forwarding testpmd whose devices both went to the distribution's driver."""
    check_prerequisites()
    host = CrossedHost(stage)
    testpmd = pci_testpmd(stage, host, False, [f"--forward-mode={mode}"])
    if "Driver name: net_avp\n" not in testpmd.command("show port info 0"):
        raise Failed("the device did not go to the distribution's driver")
    testpmd.command("start tx_first 4" if mode == "io" else "start")
    return host, testpmd


def wait_frames(host, more=FRAMES):
    before = [port["from_guest"] for port in host.ports()]
    wait_until(lambda: all(now["from_guest"] >= then + more for now, then in zip(host.ports(), before)), "frames of both")


def compare(host, testpmd, attachments=0):
    """What the guest sent, the host received; and the other way, but for what lies in a ring or lay in one that went."""
    for port, counted in enumerate(host.ports()):
        stats = testpmd.stats(port)
        lost_sent = stats["TX-packets"] - counted["from_guest"]
        lost_received = counted["to_guest"] - stats["RX-packets"]
        gone = RING_SLOTS * attachments if port == 0 else 0
        print(f"port {port}: testpmd {stats}, host {counted}")
        if not 0 <= lost_sent <= gone or not 0 <= lost_received <= gone + RING_SLOTS or counted["faults"]:
            raise Failed(f"port {port}: {lost_sent} sent ones lost, {lost_received} received ones, {counted}")


def traffic(stage):
    host, testpmd = started(stage, "io")
    wait_frames(host)
    testpmd.command("stop")
    compare(host, testpmd)
    if testpmd.quit() != 0:
        raise Failed("testpmd's exit status")
    wait_until(lambda: all(port["state"] == "waiting" and not port["client"] for port in host.ports()), "waiting devices")


def migrated(stage):
    host, testpmd = started(stage, "flowgen")
    rounds = 3
    for _ in range(rounds):
        wait_frames(host)
        host.command("detach 0")
        wait_until(lambda: host.ports()[0]["state"] == "detached", "the driver's answer to detach")
        host.command("attach 0")
        wait_until(lambda: host.ports()[0]["migration"] == "accepted" and host.ports()[0]["state"] == "up",
                   "the driver's answer to attach")
    wait_frames(host)
    testpmd.command("stop")
    compare(host, testpmd, rounds)
    if testpmd.quit() != 0:
        raise Failed("testpmd's exit status")


def killed(stage):
    host, testpmd = started(stage, "flowgen")
    for _ in range(3):
        wait_frames(host)
        resets = host.ports()[0]["resets"]
        testpmd.end(signal.SIGKILL)
        wait_until(lambda resets=resets: host.ports()[0]["resets"] > resets, "the reset of the dead driver's device")
        testpmd = pci_testpmd(stage, host, False, ["--forward-mode=flowgen"], name=f"after-{resets}")
        testpmd.command("start")
    wait_frames(host)
    if any(port["faults"] for port in host.ports()):
        raise Failed(f"{host.ports()}")
    testpmd.quit()


STOCK = {
    "the distribution's driver on files: what it sent and received is what the host counted": traffic,
    "the distribution's driver on files: a device is migrated three times amid its frames": migrated,
    "the distribution's driver on files: killed amid its frames, the next one finds its devices as at the start": killed,
}
