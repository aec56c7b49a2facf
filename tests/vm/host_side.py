# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""The host of a test or of the demo: the shipped host-agent, vnfctl on top of it, its event stream.

Everything is observed through what an operator has: vnfctl's exit codes and JSON, and the events of `vnfctl watch`.
"""

import json
import os
import queue
import subprocess
import threading
import time

from machine import die_with_parent

READY_SECONDS = 20


class HostError(Exception):
    """host-agent or vnfctl did not do what it was told, or an expected event did not come."""


class HostAgent:
    """A host-agent with its files in `folder`, looking for guests in `folder`/guests; `options` go to its command line."""

    def __init__(self, binaries, folder, settings=None, options=()):
        self.binaries = binaries
        self.folder = folder
        self.guests = os.path.join(folder, "guests")
        self.api = os.path.join(folder, "api.sock")
        self.log = os.path.join(folder, "host-agent.log")
        os.makedirs(self.guests, mode=0o700, exist_ok=True)
        self._settings = os.path.join(folder, "host-agent.yaml") if settings else None
        if settings:
            with open(self._settings, "w", encoding="utf-8") as file:
                file.write(settings)
        self._options = options
        self._process = None

    def start(self):
        """Starts the daemon and waits until it answers."""
        command = [os.path.join(self.binaries, "host-agent"), "--directory", self.guests, "--api-socket", self.api,
                   *self._options]
        if self._settings:
            command += ["--config", self._settings]
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                             preexec_fn=die_with_parent)
        deadline = time.monotonic() + READY_SECONDS
        while self.ctl("status", check=False)[0] != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise HostError(f"host-agent did not start: {self.log_text()[-2000:]}")
            time.sleep(0.02)

    def kill(self):
        """SIGKILL, as a crash would be."""
        if self._process and self._process.poll() is None:
            self._process.kill()
        if self._process:
            self._process.wait()

    def vnfctl(self, *arguments, seconds=30):
        """The finished `vnfctl ARGUMENTS`."""
        command = [os.path.join(self.binaries, "vnfctl"), "--socket", self.api, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)

    def ctl(self, *arguments, check=True, seconds=30):
        """Exit code and parsed JSON of `vnfctl --json ARGUMENTS`; with check, an exit code but 0 raises."""
        done = self.vnfctl("--json", *arguments, seconds=seconds)
        if check and done.returncode != 0:
            raise HostError(f"vnfctl {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        try:
            value = json.loads(done.stdout) if done.stdout.strip() else None
        except json.JSONDecodeError:
            value = done.stdout
        return done.returncode, value

    def log_text(self):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""


class Events:
    """The event stream of a host-agent, from its first event on."""

    def __init__(self, agent):
        command = [os.path.join(agent.binaries, "vnfctl"), "--socket", agent.api, "--json", "watch", "--since", "0"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                         preexec_fn=die_with_parent)
        self._arrived = queue.Queue()
        self._after = {}
        self.seen = []
        threading.Thread(target=self._read, daemon=True).start()

    def wait(self, kind, guest, seconds=30, **fields):
        """The first event of that kind and guest, with these fields, after the last one returned for the guest."""
        deadline = time.monotonic() + seconds
        index = self._after.get(guest, 0)
        while True:
            for event in self.seen[index:]:
                index += 1
                same = all(event.get(key) == value for key, value in fields.items())
                if event.get("kind") == kind and event.get("instance") == guest and same:
                    self._after[guest] = index
                    return event
            self._take_one(deadline, f"no event {kind} of {guest} with {fields} in {seconds} s")

    def _take_one(self, deadline, complaint):
        try:
            event = self._arrived.get(timeout=max(0.001, deadline - time.monotonic()))
        except queue.Empty as error:
            last = "\n".join(json.dumps(event) for event in self.seen[-12:])
            raise HostError(f"{complaint}; the last ones were\n{last}") from error
        if event is None:
            raise HostError(f"{complaint}: the event stream ended")
        self.seen.append(event)

    def seen_of(self, kind):
        """Events of that kind among those that have been looked at."""
        return [event for event in self.seen if event.get("kind") == kind]

    def drain(self):
        """What has arrived and was not waited for; for asking whether something did not happen."""
        while True:
            try:
                event = self._arrived.get_nowait()
            except queue.Empty:
                return self.seen
            if event is not None:
                self.seen.append(event)

    def close(self):
        self._process.kill()
        self._process.wait()

    def _read(self):
        for line in self._process.stdout:
            if line.strip():
                self._arrived.put(json.loads(line))
        self._arrived.put(None)
