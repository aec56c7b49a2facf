# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Where the demo's guests live: processes of this machine, or real guests under QEMU. The story does not see which."""

import getpass
import os
import shutil
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


POOL = "pool"
# What the example's helper keeps to the end.
HELPER_ENVIRONMENT = {"SCALE_HELPER_RESERVED": "3"}
HELPER = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "examples",
                      "scale-helper")


@dataclass(frozen=True)
class Ports:
    """The host's end of a guest's two ports."""
    heartbeat: str
    messaging: str


class LocalSite:
    """Guests as guest-clients on this machine; a Unix socket stands for each virtio-serial port."""

    about = "guest-client processes on this machine, a Unix socket for each virtio-serial port"
    about_vcpus = "a folder that behaves like /sys; this machine's own processors are left alone"
    # The pool's workers are pinned to real processors.
    vcpus = min(4, len(os.sched_getaffinity(0)))

    def __init__(self, binaries, folder):
        self._binaries = binaries
        self._folder = folder
        self._running = {}

    def add_guest(self, guest, scalable=False):
        """Starts the guest; its ports."""
        options = self._add_vcpus(guest) if scalable else ()
        ports = Ports(os.path.join(self._folder, f"{guest}.port"), os.path.join(self._folder, f"{guest}.messaging"))
        self._start((guest,), "guest-client", "--name", guest, "--device", f"listen:{ports.heartbeat}",
                    "--messaging-device", f"listen:{ports.messaging}", "--group-socket", self._group_of(guest),
                    "--application-socket", self._applications_of(guest),
                    "--control-socket", os.path.join(self._folder, f"{guest}.control"), *options)
        return ports

    def add_application(self, guest, application):
        self._start((guest, application.name), application.program, "--name", application.name,
                    "--socket", self._applications_of(guest), *application.options)
        self._wait_registered(guest, application.name)

    def add_member(self, guest, member):
        """Starts a program of the server group."""
        self._start((guest, member.name), member.program, "--socket", self._group_of(guest), *member.options)

    def add_pool(self, guest):
        """Starts the example that has a worker for each vCPU."""
        self._start((guest, POOL), "worker-pool", "--socket", os.path.join(self._folder, f"{guest}.scale"))

    def add_helper(self, _guest):
        """From now on the helper is asked first."""
        shutil.copy(HELPER, self._helper())

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

    def _helper(self):
        return os.path.join(self._folder, "app_scale_helper")

    def _add_vcpus(self, guest):
        """Starts the agent, with the tests' stand-in for the kernel's side of sysfs; guest-client's options for it."""
        root = os.path.join(self._folder, "sys-of-a-test")
        cpus = os.path.join(root, "devices", "system", "cpu")
        files = {"present": f"0-{self.vcpus - 1}", "online": f"0-{self.vcpus - 1}"}
        files.update({f"cpu{number}/online": "1" for number in range(1, self.vcpus)})
        for name, text in files.items():
            path = os.path.join(cpus, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="ascii") as file:
                file.write(text + "\n")
        os.makedirs(os.path.join(cpus, "cpu0"))
        # All guests are on this machine, and only one of them could have the usual name.
        address = f"demo.{guest}.{os.getpid()}"
        settings = os.path.join(self._folder, f"{guest}.yaml")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(f"messaging: {{address: {address}}}\n")
        kernel = os.path.join(os.path.dirname(self._binaries), "lib", "libfake_kernel.so")
        self._start((guest, "scale-agent"), "guest-scale-agent", "--sysfs-root", root, "--helper", self._helper(),
                    "--client-address", address, "--client-user", getpass.getuser(), "--application-socket",
                    os.path.join(self._folder, f"{guest}.scale"), "--control-socket",
                    os.path.join(self._folder, f"{guest}.scale-control"), "--state-file",
                    os.path.join(self._folder, f"{guest}.offline"),
                    environment={"LD_PRELOAD": kernel, "SCALE_HELPER_SYSFS": root, **HELPER_ENVIRONMENT})
        return "--config", settings

    def _start(self, key, program, *arguments, environment=None):
        with open(self._log(*key), "wb") as log:
            self._running[key] = subprocess.Popen([os.path.join(self._binaries, program), *arguments],
                                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                  env={**os.environ, **(environment or {})},
                                                  preexec_fn=die_with_parent)


class VirtualSite:
    """Guests as QEMU machines with a Debian kernel and real virtio-serial ports; no network card."""

    about = "QEMU machines with a stock Debian kernel, the shipped binaries in them, two virtio-serial ports each, no network"

    about_vcpus = "real ones, which its kernel takes offline"
    vcpus = 4

    def __init__(self, binaries, cache):
        self._lab = Lab(binaries, cache, os.path.join(cache, "logs", "demo"))
        with open(HELPER, encoding="utf-8") as helper:
            self._lab.add_file("usr/share/vnf/scale-helper", helper.read())
        self._guests = {}
        self._pids = {}

    def add_guest(self, guest, scalable=False):
        machine = self._lab.guest(discovered=False, cpus=self.vcpus if scalable else 2)
        if scalable:
            environment = " ".join(f"{name}={value}" for name, value in HELPER_ENVIRONMENT.items())
            machine.start(f"env {environment} guest-scale-agent")
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

    def add_pool(self, guest):
        self._guests[guest].start("worker-pool", f"/run/{POOL}.log")

    def add_helper(self, guest):
        self._guests[guest].run("mkdir -p /usr/sbin; cp /usr/share/vnf/scale-helper /usr/sbin/app_scale_helper")

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
