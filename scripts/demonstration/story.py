# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""The demo's story: what happens, what is said about it, and the figures that were measured.

Every figure is a daemon's own (an answer's latency, a histogram of its metrics) or the distance between two time stamps: the
moment before a signal was sent, and an event's time or the moment that the actuator's program noted when it began. Waits are
for events.
"""

import datetime
import json
import os
import re
import select
import textwrap
import time
from dataclasses import dataclass

from sites import POOL, Application


@dataclass(frozen=True)
class Cast:
    """Who is in which guest, and who plays which part."""
    guests: dict
    vetoing: str     # the guest whose application says no
    slow: str        # the guest whose application never answers
    dying: str       # the guest whose application is killed
    pair: tuple      # the two guests that are active and standby
    scaled: str      # the guest that gives vCPUs
    victim: str = "sessions"


FORWARDER = Application("forwarder", "heartbeat-c", ("--interval", "500"))
BILLING = Application("billing", "heartbeat-cpp", ("--reject", "stop=42 calls in progress"))
STORAGE = Application("storage", "heartbeat-c", ("--slow", "live_migrate_begin=never"))
SESSIONS = Application("sessions", "heartbeat-cpp", ("--action", "reboot"))
LOGGER = Application("logger", "heartbeat-c")

LOCAL_CAST = Cast({"router": (FORWARDER, BILLING), "database": (STORAGE,), "gateway": (SESSIONS, LOGGER)},
                  "router", "database", "gateway", ("router", "gateway"), "router")
VIRTUAL_CAST = Cast({"router": (FORWARDER, BILLING), "gateway": (SESSIONS, STORAGE, LOGGER)},
                    "router", "gateway", "gateway", ("router", "gateway"), "router")

MEMBER = Application("member", "servergroup-c")
ANNOUNCER = Application("announcer", "servergroup-cpp", ("configuration 7 is live",))
GROUP = "demo"

SETTINGS = """
actuator:
  kind: exec
  command: ["{actuator}"]
scaling:
  state_directory: {folder}
guests:
"""
GUEST_SETTINGS = """  - id: {guest}
    socket: {ports.heartbeat}
    messaging: {ports.messaging}
    group: {group}
"""
SCALING = """    scaling: {{min: 1, max: {vcpus}}}
"""
# What host-agent runs. A real one would restart the machine; this one says so on the terminal.
ACTUATOR = """#!/bin/sh
echo "$(date +%s.%N) $0 $1: instance $VNF_INSTANCE, cause $VNF_CAUSE, application $VNF_APPLICATION" >{pipe}
"""


def settings(guests, actuator, cast, vcpus):
    """host-agent's, for guests with their ports, all of one server group."""
    text = SETTINGS.format(actuator=actuator.path, folder=os.path.dirname(actuator.path))
    for guest, ports in guests.items():
        text += GUEST_SETTINGS.format(guest=guest, ports=ports, group=GROUP)
        text += SCALING.format(vcpus=vcpus) if guest == cast.scaled else ""
    return text


class Story:
    """Tells it, on a host-agent and its events, with guests at a site."""

    def __init__(self, agent, events, site, cast, actuator):
        self._agent = agent
        self._events = events
        self._site = site
        self._cast = cast
        self._actuator = actuator
        self._figures = []

    def tell(self):
        self._heartbeat()
        self._veto()
        self._timeout()
        self._death()
        self._scaling()
        self._broadcast()
        self._failover()
        self._latencies()

    def _heartbeat(self):
        title("Heartbeat", "The host challenges each guest; a guest answers with its health and its applications'.")
        for guest in self._cast.guests:
            self._events.wait("heartbeating", guest)
        self._command("list")

    def _veto(self):
        guest = self._cast.vetoing
        title("A veto", f"Somebody wants to stop {guest}. Its applications are asked; billing has calls in progress.")
        answer = self._vote(guest, "stop", "--origin", "demo")
        self._figures.append((f"vote on {guest}, rejected", answer["latency_us"] / 1000))

    def _timeout(self):
        guest = self._cast.slow
        title("A vote that times out", f"A live migration of {guest}: storage never answers. At the deadline the documented "
              "rule decides: a vote without an answer counts as accepted, and says so.")
        answer = self._vote(guest, "live_migrate_begin", "--timeout", "3000")
        self._figures.append((f"vote on {guest}, 3000 ms given, decided after", answer["latency_us"] / 1000))

    def _death(self):
        guest, victim = self._cast.dying, self._cast.victim
        title("A death", f"SIGKILL for {victim} in {guest}, which asked for a reboot if it dies. No timeout is waited for: "
              "the closed socket is the event.")
        killed = self._site.kill_application(guest, victim)
        unhealthy = self._events.wait("unhealthy", guest)
        print(f"    host-agent: {guest} is unhealthy; cause {unhealthy['cause']}, application {unhealthy['application']}, "
              f"action {unhealthy['corrective_action']}")
        begun = self._actuator.wait_run()
        started = self._events.wait("corrective_started", guest)
        self._events.wait("corrective_done", guest)
        self._command("list")
        # The event's time is cut to milliseconds.
        self._figures.append(("SIGKILL -> corrective action begun, at most", (wall_clock(started) - killed) * 1000 + 1))
        self._figures.append(("SIGKILL -> the actuator's program runs", (begun - killed) * 1000))

    def _scaling(self):
        guest = self._cast.scaled
        title("vCPUs", f"The host takes a vCPU from {guest} and gives it back ({self._site.about_vcpus}). A pool with a worker "
              "for each is asked before and told after. Then a helper script is there, and chooses.")
        if self._site.vcpus < 2:
            print("    (skipped: this machine has one processor, and nothing to take)")
            return
        self._site.add_pool(guest)
        print(f"    in {guest}: {self._site.wait_line(guest, POOL, 'connected')[0]}")
        for direction in ("down", "up"):
            self._scale(guest, direction)
            text = f'"event":"{direction}"'
            print(f"    in {guest}: {self._site.wait_line(guest, POOL, text)[0]}")
        self._site.add_helper(guest)
        self._scale(guest, "down")
        self._scale(guest, "up")

    def _scale(self, guest, direction):
        self._command("scale", guest, direction)
        # The corrective actions' program is told of vCPUs as well.
        self._actuator.wait_run()

    def _broadcast(self):
        sender, *others = self._cast.guests
        title("A broadcast", f"The guests are a server group. No network is between them: a text goes up the port of {sender} "
              "and down those of the others.")
        for guest in self._cast.guests:
            self._site.add_member(guest, MEMBER)
            self._site.wait_line(guest, MEMBER.name, "got server group status response msg: ")
        self._command("group", "show", GROUP)
        self._site.add_member(sender, ANNOUNCER)
        for guest in others:
            line, _ = self._site.wait_line(guest, MEMBER.name, ANNOUNCER.options[0])
            print(f"    in {guest}: {line}")

    def _failover(self):
        title("A failover", f"Two applications of the group, in {' and '.join(self._cast.pair)}, elect by broadcast who is "
              "active. Then the active one's whole machine dies. The host tells the group, and the standby takes over.")
        active, standby = self._cast.pair
        for number, guest in enumerate(self._cast.pair):
            self._site.add_member(guest, Application("pair", "standby-pair", ("--id", f"pair-{number}", "--guest", guest)))
        for guest, role in ((active, "active"), (standby, "standby")):
            line, _ = self._site.wait_line(guest, "pair", f"role: {role}")
            print(f"    in {guest}: {line}")
        killed = self._site.kill_guest(active)
        line, seen = self._site.wait_line(standby, "pair", "role: active")
        notification, _ = self._site.wait_line(standby, MEMBER.name, '"cause":"gone"')
        told = json.loads(notification.partition("msg: ")[2])
        print(f"    {active} is killed\n    in {standby}: notification {told['event_type']}, "
              f"state {told['payload']['state']}, metadata {told['payload']['metadata']}\n    in {standby}: {line}")
        if seen is not None:
            self._figures.append((f"SIGKILL of {active} -> {standby} is active, at most", (seen - killed) * 1000))

    def _latencies(self):
        title("Measured", "")
        metrics = self._agent.vnfctl("metrics").stdout
        median, count = histogram_median(metrics, "vnf_host_answer_seconds")
        self._figures.insert(0, (f"challenge -> answer, median of {count}, at most", median * 1000))
        for text, value in self._figures:
            print(f"    {text:54} {value:9.3f} ms")

    def _vote(self, guest, event, *options):
        """Shows the vote as an operator sees it; the decided event's fields."""
        self._command("vote", guest, event, *options)
        return self._events.wait("action_decided", guest)

    def _command(self, *arguments):
        print(f"  $ vnfctl {' '.join(arguments)}")
        done = self._agent.vnfctl(*arguments)
        for line in (done.stdout + done.stderr).splitlines():
            print(f"    {line}")
        print(f"    (exit status {done.returncode})")


class Actuator:
    """The program that host-agent runs for a corrective action, and the pipe on which it reports to this terminal."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "actuator")
        pipe = os.path.join(folder, "terminal")
        os.mkfifo(pipe)
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(ACTUATOR.format(pipe=pipe))
        os.chmod(self.path, 0o755)
        # Open for writing too, so that the program never finds the pipe without a reader.
        self._pipe = os.fdopen(os.open(pipe, os.O_RDWR), "rb", buffering=0)
        self._buffer = b""

    def wait_run(self, seconds=30):
        """Shows what the program said; the wall clock's time at which it began."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            if not select.select([self._pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise RuntimeError("the actuator's program did not run")
            self._buffer += self._pipe.read(4096)
        line, _, self._buffer = self._buffer.partition(b"\n")
        begun, _, text = line.decode("utf-8", "replace").partition(" ")
        print(f"    {text}", flush=True)
        return float(begun)


def wall_clock(event):
    """Seconds since the epoch of an event's time stamp, which has milliseconds."""
    return datetime.datetime.fromisoformat(event["time"]).timestamp()


def title(name, text):
    print(f"\n== {name}", flush=True)
    if text:
        print(textwrap.fill(text, 100, initial_indent="   ", subsequent_indent="   "), flush=True)


def histogram_median(metrics, name):
    """The upper bound of the bucket that holds the median, and the number of samples."""
    buckets = [(float(bound), int(count)) for bound, count in
               re.findall(rf'^{name}_bucket\{{[^}}]*le="([0-9.e+-]+)"[^}}]*\}} (\d+)$', metrics, re.MULTILINE)]
    total = max((count for _, count in buckets), default=0)
    return next((bound for bound, count in buckets if count * 2 >= total), float("nan")), total
