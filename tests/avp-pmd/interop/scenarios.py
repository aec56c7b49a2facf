# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""The scenarios: a sentence and what shows that it is so."""

from files_scenarios import FILES
from host_scenarios import HOSTS
from stage import Failed, wait_until
from stock_scenarios import STOCK


def check(condition, what):
    if not condition:
        raise Failed(what)


def from_guest(stage, name):
    return stage.port(name)["device"]["from_guest"]


def faults(stage, name):
    return {fault: count for fault, count in stage.port(name)["device"]["faults"].items() if count}


def frames_are_counted(stage):
    stage.avp_host({"a": "{end: counter, verify: false}"})
    testpmd = stage.testpmd_by_socket("testpmd", f"{stage.folder}/a.sock", options=["--forward-mode=txonly"])
    testpmd.command("start")
    wait_until(lambda: from_guest(stage, "a")[0]["frames"] > 20000, "20,000 frames at the host")
    testpmd.command("stop")
    stats = testpmd.stats()
    wait_until(lambda: from_guest(stage, "a")[0]["frames"] == stats["TX-packets"],
               f"all {stats['TX-packets']} frames at the host")
    check(stats["TX-errors"] == 0 and not faults(stage, "a"), f"{stats}, {faults(stage, 'a')}")
    check(stage.port("a")["guest"]["driver"] == "dpdk", "the host sees another driver")
    check(testpmd.quit() == 0, "testpmd's exit status")
    wait_until(lambda: stage.port("a")["presentation"]["client"] is None, "the client's end at the host")


def many_queues_and_chains(stage):
    """TX of 5 mbufs each on 4 queues, jumbo frames."""
    stage.avp_host({"a": "{end: counter}"})
    options = ["--forward-mode=txonly", "--rxq=4", "--txq=4", "--max-pkt-len=9238", "--enable-scatter",
               "--tx-offloads=0x8000", "--txpkts=2000,2000,2000,2000,1238"]
    testpmd = stage.testpmd_by_socket("testpmd", f"{stage.folder}/a.sock", options=options)
    testpmd.command("start")
    wait_until(lambda: [queue["frames"] > 500 for queue in from_guest(stage, "a")] == 4 * [True],
               "500 frames on each of 4 queues")
    testpmd.command("stop")
    stats = testpmd.stats()
    wait_until(lambda: sum(queue["frames"] for queue in from_guest(stage, "a")) == stats["TX-packets"],
               f"all {stats['TX-packets']} frames")
    queues = from_guest(stage, "a")
    check(len(queues) == 4, f"{len(queues)} queues at the host")
    check(sum(queue["bytes"] for queue in queues) == 9238 * stats["TX-packets"], f"{queues}")
    check(not faults(stage, "a"), f"{faults(stage, 'a')}")
    check(testpmd.quit() == 0, "testpmd's exit status")


def generated_frames_arrive(stage):
    stage.avp_host({"a": "{end: generator, sizes: [64, 1500], frames: 5000, frames_per_second: 20000}"})
    testpmd = stage.testpmd_by_socket("testpmd", f"{stage.folder}/a.sock", options=["--forward-mode=rxonly"])
    testpmd.command("start")

    def all_are_counted():
        device = stage.port("a")["device"]
        sent = sum(queue["frames"] for queue in device["to_guest"])
        lost = sum(device["dropped"].values())
        return sent + lost == 5000 and testpmd.stats()["RX-packets"] == sent
    wait_until(all_are_counted, "each of 5,000 frames either at the guest or counted as dropped")
    check(testpmd.quit() == 0, "testpmd's exit status")


def host_killed(stage):
    host = stage.avp_host({"a": "{end: echo}"})
    testpmd = stage.testpmd_by_socket("testpmd", f"{stage.folder}/a.sock", options=["--forward-mode=io"],
                                      devargs=",retry_ms=20")
    testpmd.command("start tx_first")
    for round_number in range(3):
        wait_until(lambda: from_guest(stage, "a")[0]["frames"] > 100, "frames at the host")
        host.process.kill()
        host.process.wait()
        wait_until(lambda: "Link status: down" in testpmd.command("show port info 0"), "the link down")
        host = stage.avp_host({"a": "{end: echo}"})
        wait_until(lambda: "Link status: up" in testpmd.command("show port info 0"), f"the link up again, {round_number}")
        testpmd.command("stop")
        testpmd.command("start tx_first")
    wait_until(lambda: from_guest(stage, "a")[0]["frames"] > 100, "frames at the last host")
    check(testpmd.quit() == 0, "testpmd's exit status")


def guest_killed(stage):
    stage.avp_host({"a": "{end: echo}"})
    for _ in range(3):
        testpmd = stage.testpmd_by_socket("testpmd", f"{stage.folder}/a.sock", options=["--forward-mode=io"])
        before = from_guest(stage, "a")
        testpmd.command("start tx_first")
        count = before[0]["frames"] if before else 0
        wait_until(lambda least=count + 100: from_guest(stage, "a")[0]["frames"] > least, "frames of the new guest")
        testpmd.process.kill()
        testpmd.process.wait()
        wait_until(lambda: stage.port("a")["presentation"]["client"] is None, "the client's end at the host")
    check(not faults(stage, "a"), f"{faults(stage, 'a')}")


def migrated(stage):
    stage.avp_host({"a": "{end: counter}"})
    testpmd = stage.testpmd_by_socket("testpmd", f"{stage.folder}/a.sock", options=["--forward-mode=txonly"])
    testpmd.command("start")
    rounds = 10
    for _ in range(rounds):
        before = from_guest(stage, "a")[0]["frames"]
        wait_until(lambda least=before + 1000: from_guest(stage, "a")[0]["frames"] > least, "traffic")
        stage.avpctl("migrate", "detach", "a")
        wait_until(lambda: stage.port("a")["state"] == "detached", "the guest's answer to detach")
        stage.avpctl("migrate", "attach", "a")
        wait_until(lambda: stage.port("a")["state"] == "up", "the guest up again")
    testpmd.command("stop")
    sent = testpmd.stats()["TX-packets"]
    slots = 1023
    wait_until(lambda: from_guest(stage, "a")[0]["frames"] + rounds * slots >= sent,
               f"{sent} frames, but for {slots} a migration")
    check(from_guest(stage, "a")[0]["frames"] <= sent, "more arrived than were sent")
    print(f"sent {sent}, lost {sent - from_guest(stage, 'a')[0]['frames']} in {rounds} migrations")
    check(not faults(stage, "a"), f"{faults(stage, 'a')}")
    check(testpmd.quit() == 0, "testpmd's exit status")


def example_forwards(stage):
    """The example, with and without RX interrupts: what one port's generator makes, the other one's counter has."""
    frames = 5000
    stage.avp_host({"a": "{end: generator, sizes: [64, 570, 1500, 9238], frames: 0, frames_per_second: 20000}",
                    "b": "{end: counter}"})
    for number, options in enumerate(([], ["--sleep"])):
        forwarder = stage.example("avp-l2fwd", ["a", "b"], options)
        wait_until(lambda: "forwarding" in forwarder.output() or not forwarder.running(), "the forwarder")
        wait_until(lambda: all(stage.port(name)["state"] == "up" for name in ("a", "b")), "both ports")
        stage.avpctl("send", "a.generator", str(frames))
        wait_until(lambda: stage.port("b.counter")["counters"]["frames"] == frames * (number + 1), "all frames")
        check(forwarder.end() == 0, f"the forwarder's exit status:\n{forwarder.output()}")
        check(f"port 0: received {frames}, dropped 0\n" in forwarder.output(), forwarder.output())
        wait_until(lambda: all(stage.port(name)["presentation"]["client"] is None for name in ("a", "b")), "its end")


def wrong_devargs(stage):
    testpmd = stage.testpmd_by_socket("testpmd", f"{stage.folder}/nobody.sock", devargs=",queues=3")
    check("net_avp_user0: devargs: no key 'queues'; allowed: socket, timeout_ms, retry_ms" in testpmd.output(),
          "the refusal is not in the log")
    check("No probed ethernet devices" in testpmd.output(), "there is a port")


ALL = {
    "testpmd without root's means sends, and avp-host counts every frame": frames_are_counted,
    "testpmd sends frames of five mbufs on four queues": many_queues_and_chains,
    "testpmd gets what avp-host's generator makes, to the frame": generated_frames_arrive,
    "an avp-host that is killed and started again is found again by a running testpmd": host_killed,
    "a testpmd that is killed leaves a port that the next one takes": guest_killed,
    "a port of testpmd is migrated ten times while it sends": migrated,
    "the example that forwards between two cards loses no frame, whether it polls or rests": example_forwards,
    "testpmd is told the key of a wrong devarg": wrong_devargs,
    **FILES,
    **HOSTS,
    **STOCK,
}
ON_LARGE_PAGES = {*FILES, *STOCK}
