# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Where the demo's guests live: processes of this machine, or real guests under QEMU. The story does not see which."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass

from lab import Lab, wait_until
from machine import die_with_parent


@dataclass(frozen=True)
class Application:
    name: str
    program: str
    options: tuple = ()


@dataclass(frozen=True)
class Ports:
    """The host's end of a guest's two ports."""
    heartbeat: str
    messaging: str


class LocalSite:
    """Guests as guest-clients on this machine; a Unix socket stands for each virtio-serial port."""

    about = "guest-client processes on this machine, a Unix socket for each virtio-serial port"

    def __init__(self, binaries, folder):
        self._binaries = binaries
        self._folder = folder
        self._running = {}

    def add_guest(self, guest):
        """Starts the guest; its ports."""
        ports = Ports(os.path.join(self._folder, f"{guest}.port"), os.path.join(self._folder, f"{guest}.messaging"))
        self._start((guest,), "guest-client", "--name", guest, "--device", f"listen:{ports.heartbeat}",
                    "--messaging-device", f"listen:{ports.messaging}", "--group-socket", self._group_of(guest),
                    "--application-socket", self._applications_of(guest),
                    "--control-socket", os.path.join(self._folder, f"{guest}.control"))
        return ports

    def add_application(self, guest, application):
        self._start((guest, application.name), application.program, "--name", application.name,
                    "--socket", self._applications_of(guest), *application.options)
        self._wait_registered(guest, application.name)

    def add_member(self, guest, member):
        """Starts a program of the server group."""
        self._start((guest, member.name), member.program, "--socket", self._group_of(guest), *member.options)

    def wait_line(self, guest, name, text):
        """The first line with that text that the program printed, and when it was there."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with open(self._log(guest, name), encoding="utf-8", errors="replace") as log:
                found = next((line.strip() for line in log if text in line and line.endswith("\n")), None)
            if found is not None:
                return found, time.time()
            time.sleep(0.0005)
        raise RuntimeError(f"{name} in {guest} did not print {text!r}")

    def kill_application(self, guest, name):
        """SIGKILL; the wall clock's time just before."""
        process = self._running[guest, name]
        before = time.time()
        process.send_signal(signal.SIGKILL)
        process.wait()
        return before

    def kill_guest(self, guest):
        """SIGKILL for all that makes the guest, its daemon first; the wall clock's time just before."""
        before = time.time()
        for key, process in self._running.items():
            if key[0] == guest and process.poll() is None:
                process.kill()
                process.wait()
        return before

    def close(self):
        for process in reversed(self._running.values()):
            if process.poll() is None:
                process.kill()
            process.wait()

    def _wait_registered(self, guest, name):
        """The example says so itself."""
        deadline = time.monotonic() + 20
        while True:
            with open(self._log(guest, name), encoding="utf-8") as log:
                if ": registered" in log.read():
                    return
            if time.monotonic() > deadline:
                raise RuntimeError(f"{name} was not registered in {guest}")
            time.sleep(0.01)

    def _log(self, *key):
        return os.path.join(self._folder, f"{'-'.join(key)}.log")

    def _applications_of(self, guest):
        return os.path.join(self._folder, f"{guest}.applications")

    def _group_of(self, guest):
        return os.path.join(self._folder, f"{guest}.group")

    def _start(self, key, program, *arguments):
        with open(self._log(*key), "wb") as log:
            self._running[key] = subprocess.Popen([os.path.join(self._binaries, program), *arguments],
                                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                  preexec_fn=die_with_parent)


class VirtualSite:
    """Guests as QEMU machines with a Debian kernel and real virtio-serial ports; no network card."""

    about = "QEMU machines with a stock Debian kernel, the shipped binaries in them, two virtio-serial ports each, no network"

    def __init__(self, binaries, cache):
        self._lab = Lab(binaries, cache, os.path.join(cache, "logs", "demo"))
        self._guests = {}
        self._pids = {}

    def add_guest(self, guest):
        machine = self._lab.guest(discovered=False)
        machine.start(f"guest-client --name {guest}")
        self._guests[guest] = machine
        return Ports(machine.port_socket, machine.messaging_socket)

    def add_application(self, guest, application):
        options = [f"'{option}'" for option in application.options]
        pid = self._guests[guest].start_application(application.name, *options, program=application.program)
        self._pids[guest, application.name] = pid

    def kill_application(self, guest, name):
        """SIGKILL inside the guest; this machine's time just before the command was sent."""
        before = time.time()
        self._guests[guest].run(f"kill -9 {self._pids[guest, name]}")
        return before

    def add_member(self, guest, member):
        options = [f"'{option}'" for option in member.options]
        self._guests[guest].start(" ".join([member.program, *options]), f"/run/{member.name}.log")

    def wait_line(self, guest, name, text):
        """The first line with that text that the program printed; when is not known to this machine."""
        search = f"grep -F '{text}' /run/{name}.log"
        return self._guests[guest].run(f"{wait_until(search + ' >/dev/null')}; {search} | head -n 1").strip(), None

    def kill_guest(self, guest):
        """Ends the machine as a crash of QEMU would; this machine's time just before."""
        before = time.time()
        self._guests[guest].qmp.command("quit")
        self._guests[guest].wait_end()
        return before

    def close(self):
        self._lab.close()
