# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Server groups with real guests: no network card, the shipped binaries, the port `cgcs.messaging`. One function a
scenario, as in scenarios.py."""

import json
import shlex

from lab import wait_until
from scenarios import check, scenario


def grouped_guests(lab, *groups, **machine):
    """A host-agent, its events, and one guest for each named group, heartbeating and in its group."""
    guests = [lab.guest(**machine) for _ in groups]
    agent = lab.host(group_settings(zip(guests, groups)))
    events = lab.events(agent)
    for guest in guests:
        join(guest, events)
    return agent, events, guests


def group_settings(members, engine=""):
    """host-agent's settings for guests and their groups."""
    pairs = "".join(f"    - {{heartbeat: {guest.uuid}, messaging: {guest.instance}, group: {group}}}\n"
                    for guest, group in members)
    return f"groups:\n{engine}  pairs:\n{pairs}"


def join(guest, events):
    """Starts guest-client; returns when both its ports carry."""
    guest.client_pid = guest.start_guest_client()
    events.wait("heartbeating", guest.uuid)
    guest.run(wait_until("guestctl --json group | grep -q '\"state\":\"up\"'"))


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


class OldMember:
    """A program that was built for the old SDK, driven line by line through a pipe in the guest."""

    LOG = "/run/old.log"

    def __init__(self, guest):
        self._guest = guest
        guest.run("mkfifo /run/old.in; sleep 1000 >/run/old.in &")
        guest.start("sh -c 'exec old_member </run/old.in'", self.LOG)
        self.say("init")
        guest.run(wait_until(heard("init ok", self.LOG)))

    def say(self, line):
        self._guest.run(f"echo {shlex.quote(line)} >/run/old.in")

    def lines(self, word):
        return [line for line in self._guest.run(f"cat {self.LOG}").splitlines() if line.startswith(word + " ")]

    def process_until(self, *words):
        """Takes datagram after datagram until there is a line of each word."""
        while not all(self.lines(word) for word in words):
            done = len(self.lines("process"))
            self.say("process")
            self._guest.run(wait_until(f"[ $(grep -c '^process ' {self.LOG}) -gt {done} ]", seconds=25), seconds=30)


@scenario
def old_binary(lab):
    """an application binary that was built for the old SDK is a member of its group."""
    lab.add_test_program("compat/old_member")
    _, _, (old_guest, new) = grouped_guests(lab, "blue", "blue")
    old = OldMember(old_guest)
    _, log = start_member(new)
    old.say("broadcast from the old one")
    new.run(wait_until(heard(f"sinstance: {old_guest.instance}, msg: from the old one", log)))
    old.say("status")
    new.run("guestctl group send 'to the old one'")
    old.process_until("status", "broadcast " + new.instance)
    check(old.lines("broadcast " + new.instance) == [f"broadcast {new.instance} 14 to the old one"], "another text")
    members = json.loads(old.lines("status")[0].split(" ", 2)[2])
    check(len(members) == 2 and all(len(member) == 34 for member in members), f"the status is {members}")


@scenario
def reset_member(lab):
    """a machine that was reset is a member again, and what was sent meanwhile breaks nothing."""
    agent, events, (stays, reset) = grouped_guests(lab, "blue", "blue", may_reset=True)
    _, log = start_member(stays)
    reset.qmp.command("system_reset")
    reset.qmp.wait_event("RESET")
    for number in range(20):
        stays.run(f"guestctl group send 'meanwhile {number}'")
    events.wait("lost", reset.uuid)
    stays.run(wait_until(heard('"cause":"heartbeat_lost"', log)))
    reset.wait_shell_again()
    join(reset, events)
    _, new_log = start_member(reset)
    stays.run("guestctl group send afterwards")
    reset.run(wait_until(heard("msg: afterwards", new_log)))
    reset.run("guestctl group send 'here again'")
    stays.run(wait_until(heard("msg: here again", log)))
    shown = agent.ctl("group", "list")[1]["guests"]
    check(all(guest["messaging"]["rejected"] == 0 for guest in shown), f"a line was broken: {shown}")
    group = json.loads(reset.run("guestctl --json group"))
    check(not any(group["channel"]["rejected"].values()), f"a line was broken: {group}")


@scenario
def two_hosts(lab):
    """guests of two hosts are one group, which their etcd carries."""
    endpoint = lab.etcd()
    here, there = lab.guest(host="here"), lab.guest(host="there")
    agents = {}
    for guest, name in ((here, "here"), (there, "there")):
        engine = f"  engine: etcd\n  etcd: {{host: {name}, endpoints: ['{endpoint}']}}\n"
        settings = group_settings([(guest, "blue")], engine)
        agents[name] = lab.host(settings, name)
        join(guest, lab.events(agents[name]))
    _, log = start_member(there)
    there.run(wait_until("guestctl --json group status | grep -q " + here.instance))
    here.run("guestctl group send 'across hosts'")
    there.run(wait_until(heard(f"sinstance: {here.instance}, msg: across hosts", log)))
    here.qmp.command("quit")
    here.wait_end()
    there.run(wait_until(heard('"cause":"gone"', log)))
