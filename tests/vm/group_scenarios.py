# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Server groups with real guests: no network card, the shipped binaries, the port `cgcs.messaging`. One function a
scenario, as in scenarios.py."""

import json
import shlex

from lab import wait_until
from scenarios import check, scenario


def grouped_guests(lab, *groups):
    """A host-agent, its events, and one guest for each named group, heartbeating and in its group."""
    guests = [lab.guest() for _ in groups]
    pairs = "".join(f"    - {{heartbeat: {guest.uuid}, messaging: {guest.instance}, group: {group}}}\n"
                    for guest, group in zip(guests, groups))
    agent = lab.host(f"groups:\n  pairs:\n{pairs}")
    events = lab.events(agent)
    for guest in guests:
        guest.client_pid = guest.start_guest_client()
        events.wait("heartbeating", guest.uuid)
        guest.run(wait_until("guestctl --json group | grep -q '\"state\":\"up\"'"))
    return agent, events, guests


def start_member(guest, *arguments, program="servergroup-c"):
    """Starts the example member; its pid and its log. It has heard of its group when this returns."""
    log = f"/run/{program}.log"
    pid = guest.start(" ".join([program, *arguments]), log)
    guest.run(wait_until(f"grep -q 'got server group status response msg' {log}"))
    return pid, log


def heard(text, log):
    """A shell condition: the member's log has that text."""
    return f"grep -qF {shlex.quote(text)} {log}"


@scenario
def broadcast(lab):
    """guests without a network card hear a broadcast of their group, and no other group does."""
    _, _, (sender, receiver, stranger) = grouped_guests(lab, "blue", "blue", "green")
    check(sender.run("ls /sys/class/net").split() == ["lo"], "the guest has no network card")
    _, log = start_member(receiver)
    _, strange_log = start_member(stranger)
    start_member(sender, "'hello from \"blue\"'", program="servergroup-cpp")
    receiver.run(wait_until(heard(f"sinstance: {sender.instance}, msg: hello from \"blue\"", log)))
    # The same port carried this status after the broadcast would have come.
    stranger.run("guestctl group status")
    check(stranger.run(f"grep -c 'broadcast msg' {strange_log}; true").strip() == "0", "another group heard it")
    members = json.loads(receiver.run("guestctl --json group status"))["members"]
    check(len(members) == 2, f"the group's status is {members}")


@scenario
def dead_member(lab):
    """a guest that dies is told to its group, and the standby takes over."""
    _, events, (active, standby, witness) = grouped_guests(lab, "pair", "pair", "pair")
    _, log = start_member(witness)
    for guest, role in ((active, "active"), (standby, "standby")):
        guest.start(f"standby-pair --id {role} --guest {guest.instance}", "/run/pair.log")
    for guest, role in ((active, "active"), (standby, "standby")):
        guest.run(wait_until(f"grep -q 'role: {role}' /run/pair.log"))
    active.qmp.command("quit")
    active.wait_end()
    events.wait("gone", active.uuid)
    standby.run(wait_until("grep -q 'role: active' /run/pair.log"))
    witness.run(wait_until(heard('"cause":"gone"', log)))


@scenario
def groups_after_restart(lab):
    """server groups go on after host-agent, and after guest-client was killed and started again."""
    agent, events, (one, other) = grouped_guests(lab, "blue", "blue")
    _, log = start_member(other)
    one.run("guestctl group send first")
    other.run(wait_until(heard("msg: first", log)))
    events.close()
    agent.kill()
    agent.start()
    events = lab.events(agent)
    for guest in (one, other):
        events.wait("heartbeating", guest.uuid)
        guest.run(wait_until("guestctl --json group | grep -q '\"state\":\"up\"'"))
    one.run("guestctl group send second")
    other.run(wait_until(heard("msg: second", log)))
    other.run(f"kill -9 {other.client_pid}; {wait_until(f'! test -d /proc/{other.client_pid}')}")
    other.start_guest_client()
    other.run(wait_until("guestctl --json group | grep -q servergroup-c"))
    one.run("guestctl group send third")
    other.run(wait_until(heard("msg: third", log)))
