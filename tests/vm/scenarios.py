# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""What is proven with real guests: the shipped binaries over a real virtio-serial port. One function a scenario; its
first line of documentation is the name of the test."""

import json
import sys

from lab import GUEST_NAME, wait_until
from machine import PORT_NAME
from raw_host import RawHost

SCENARIOS = {}

# The actuator: a program that writes down what it was told.
EXEC_SETTINGS = """
actuator:
  kind: exec
  command: ["{lab}/actuator"]
"""
RECORDER = "#!/bin/sh\necho \"$1 $VNF_INSTANCE $VNF_CAUSE $VNF_APPLICATION $VNF_REASON\" >>{lab}/actions\n"


def scenario(function):
    """Registers the function under the first line of its documentation."""
    SCENARIOS[function.__doc__.splitlines()[0].rstrip(".")] = function
    return function


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def beating_guest(lab, agent_settings=None, **machine):
    """A host-agent, a guest whose guest-client heartbeats with it, and the events since."""
    agent = lab.host(agent_settings)
    events = lab.events(agent)
    guest = lab.guest(**machine)
    guest.client_pid = guest.start_guest_client()
    events.wait("heartbeating", guest.uuid)
    return agent, events, guest


def recorded_actions(lab):
    """What the recorder wrote, line by line."""
    try:
        with open(f"{lab.folder}/actions", encoding="utf-8") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


@scenario
def handshake(lab):
    """a guest and its host find each other over virtio-serial and heartbeat."""
    agent, events, guest = beating_guest(lab)
    check(events.seen_of("initialized")[0]["name"] == GUEST_NAME, "the guest's own name is in its init")
    shown = agent.ctl("show", guest.uuid)[1]
    check(shown["state"] == "heartbeating", f"vnfctl show says {shown}")
    guest.run(wait_until("guestctl --json status | grep -q '\"enabled\"'"))
    guest.run(f"kill -TERM {guest.client_pid}")
    events.wait("exit", guest.uuid)


@scenario
def application_death(lab):
    """an application killed in the guest becomes an action on the host."""
    lab.write("actuator", RECORDER.replace("{lab}", lab.folder))
    _, events, guest = beating_guest(lab, EXEC_SETTINGS)
    pid = guest.start_application("packet-core", "--action", "reboot")
    guest.run(f"kill -9 {pid}")
    unhealthy = events.wait("unhealthy", guest.uuid)
    check(unhealthy["cause"] == "application_died", f"the cause is {unhealthy}")
    events.wait("corrective_done", guest.uuid)
    actions = recorded_actions(lab)
    check(len(actions) == 1, f"one action, not {actions}")
    check(actions[0].startswith(f"reboot {guest.uuid} application_died packet-core"), f"the action was {actions}")


@scenario
def veto(lab):
    """an application's veto stops the vote and comes with its reason."""
    agent, _, guest = beating_guest(lab)
    guest.start_application("calm")
    guest.start_application("billing", "--reject", "'stop=call in progress'", program="heartbeat-cpp")
    status, answer = agent.ctl("vote", guest.uuid, "stop", check=False)
    check(status == 3, f"vnfctl vote ended with {status}: {answer}")
    check(answer["result"] == "reject" and not answer["allowed"], f"the answer is {answer}")
    check(any("call in progress" in reason for reason in answer["reasons"]), f"the reason is missing: {answer}")


@scenario
def host_agent_restart(lab):
    """a host-agent that is killed and started again has its guest back."""
    agent, events, guest = beating_guest(lab)
    events.close()
    agent.kill()
    agent.start()
    events = lab.events(agent)
    events.wait("heartbeating", guest.uuid)
    status, answer = agent.ctl("vote", guest.uuid, "stop", check=False)
    check(status == 0 and answer["allowed"], f"a vote after the restart: {status} {answer}")


@scenario
def rapid_reconnects(lab):
    """after 1,000 rapid reconnects, each cut at another place, the guest heartbeats."""
    guest = lab.guest()
    guest.start_guest_client()
    host = RawHost(guest.port_socket)
    host.handshake()
    host.close()
    for number in range(1000):
        host = RawHost(guest.port_socket)
        line = host.encode("challenge", heartbeat_challenge=number)
        host.socket.sendall(line[:number % (len(line) + 1)])
        host.close()
    agent = lab.host()
    events = lab.events(agent)
    events.wait("heartbeating", guest.uuid, seconds=40)
    check(agent.ctl("vote", guest.uuid, "stop")[1]["allowed"], "a vote after the reconnects")


@scenario
def stale_host_bytes(lab):
    """a guest-client that was killed with host bytes waiting answers none of them when it is back."""
    guest = lab.guest()
    pid = guest.start_guest_client()
    host = RawHost(guest.port_socket)
    host.handshake()
    guest.run(f"kill -9 {pid}; {wait_until(f'! test -d /proc/{pid}')}")
    for stale in range(1000, 1050):
        host.send("challenge", heartbeat_challenge=stale)
    host.send("action_notify", invocation_id=7, event_type="stop", notification_type="revocable", timeout_ms=9000)
    host.socket.sendall(host.encode("challenge", heartbeat_challenge=2000)[:40])
    guest.start_guest_client()
    init, passed = host.receive_of("init")
    check(set(passed) <= {"challenge_response"} and len(passed) <= 1, f"before the new init came {passed}")
    host.send("init_ack", invocation_id=init["invocation_id"])
    host.send("challenge", heartbeat_challenge=3)
    answer, passed = host.receive_of("challenge_response")
    check(answer["heartbeat_response"] == 3, f"a stale challenge was answered: {answer}")
    check(passed == [], f"before the first answer came {passed}")


@scenario
def host_that_never_reads(lab):
    """a host that asks and never reads costs the guest a bounded queue, and nothing once it is gone."""
    guest = lab.guest()
    pid = guest.start_guest_client()
    host = RawHost(guest.port_socket)
    host.handshake(capabilities=["health_push"])  # for a host of ours answers are not paced
    challenge = host.encode("challenge", heartbeat_challenge=5)
    host.socket.settimeout(30)
    for _ in range(100):
        host.socket.sendall(challenge * 100)
    # The daemon serves its control socket all the while; its queue is full, and its memory where a bounded queue puts it.
    guest.run(wait_until("guestctl --json link | grep -q '\"dropped_full\":[1-9]'"))
    link = json.loads(guest.run("guestctl --json link"))
    check(link["queued_bytes"] <= 256 * 1024, f"the queue holds {link['queued_bytes']} bytes")
    resident = int(guest.run(f"grep VmRSS /proc/{pid}/status | tr -dc 0-9"))
    check(resident < 32 * 1024, f"guest-client grew to {resident} KiB")
    host.close()
    events = lab.events(lab.host())
    events.wait("heartbeating", guest.uuid)


@scenario
def second_client(lab):
    """a second client that waits on the socket does not disturb the first one or the next session."""
    agent, events, guest = beating_guest(lab)
    intruder = RawHost(guest.port_socket)
    intruder.send("challenge", heartbeat_challenge=42)
    intruder.send("init_ack", invocation_id=1)
    intruder.socket.sendall(b'{"version":3,"revision":1,"msg_type":"chal')
    check(agent.ctl("vote", guest.uuid, "stop")[1]["allowed"], "the first client is served")
    events.close()
    agent.kill()
    # The intruder is served now, without a gap that the guest could see. It may have its challenge answered once; then
    # the guest begins a session with it.
    init, passed = intruder.receive_of("init")
    check(passed in ([], ["challenge_response"]), f"the intruder was told {passed} before {init}")
    intruder.close()
    agent.start()
    lab.events(agent).wait("heartbeating", guest.uuid)


@scenario
def paused_machine(lab):
    """a machine stopped by QMP for longer than the loss time is not lost."""
    agent = lab.host()
    events = lab.events(agent)
    guest = lab.guest(discovered=False)
    agent.ctl("add", "vm1", guest.port_socket, "--qmp", guest.agent_qmp)
    guest.start_guest_client()
    events.wait("heartbeating", "vm1")
    guest.qmp.command("stop")
    events.wait("loss_deferred", "vm1")
    guest.qmp.command("cont")
    events.wait("heartbeating", "vm1")
    check(agent.ctl("vote", "vm1", "stop")[1]["allowed"], "a vote after the pause")
    check(not any(event["kind"] == "lost" for event in events.drain()), f"a loss was reported: {events.seen}")


RESET = """#!{python}
import sys, time
sys.path.insert(0, "{modules}")
from qmp import Qmp
open("{lab}/actions", "a").write(" ".join(sys.argv[1:]) + "\\n")
Qmp("{qmp}", time.monotonic() + 10).command("system_reset")
"""


@scenario
def panic_that_stays(lab):
    """a guest that panics and stays is lost, and the action restarts it."""
    agent, events, guest = beating_guest(lab, EXEC_SETTINGS, append="panic=0", may_reset=True)
    lab.write("actuator", RESET.format(python=sys.executable, modules=sys.path[0], lab=lab.folder, qmp=guest.agent_qmp))
    guest.type_blindly("echo c >/proc/sysrq-trigger")
    events.wait("lost", guest.uuid)
    started = events.wait("corrective_started", guest.uuid)
    check(started["cause"] == "heartbeat_loss", f"the action is {started}")
    guest.qmp.wait_event("RESET")
    guest.wait_shell_again()
    guest.start_guest_client()
    events.wait("initialized", guest.uuid)
    events.wait("heartbeating", guest.uuid)
    check(recorded_actions(lab) == ["reboot"], f"the actions are {recorded_actions(lab)}")
    check(agent.ctl("vote", guest.uuid, "stop")[1]["allowed"], "a vote after the restart")


@scenario
def qemu_ends(lab):
    """a guest whose QEMU ends is gone, which is not a loss."""
    lab.write("actuator", RECORDER.replace("{lab}", lab.folder))
    _, events, guest = beating_guest(lab, EXEC_SETTINGS, append="panic=-1")
    guest.type_blindly("echo c >/proc/sysrq-trigger")
    guest.wait_end()
    gone = events.wait("gone", guest.uuid)
    check(gone["expected"] is False, f"nobody announced it: {gone}")
    done = events.wait("corrective_done", guest.uuid)
    check(done["cause"] == "gone", f"the policy of `gone` is its own: {done}")
    check(not any(event["kind"] == "lost" for event in events.drain()), f"a loss was reported: {events.seen}")


@scenario
def port_replug(lab):
    """a port that is unplugged and plugged again carries the heartbeat again."""
    agent, events, guest = beating_guest(lab)
    guest.qmp.command("device_del", id="port0")
    guest.qmp.wait_event("DEVICE_DELETED", device="port0")
    guest.run(wait_until("test ! -e /dev/vport0p1"))
    guest.qmp.command("device_add", driver="virtserialport", bus="vs0.0", nr=1, chardev="heartbeat", name=PORT_NAME,
                      id="port0")
    events.wait("initialized", guest.uuid, again=True)
    check(agent.ctl("vote", guest.uuid, "stop")[1]["allowed"], "a vote after the replug")
