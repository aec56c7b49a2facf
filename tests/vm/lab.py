# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""One scenario's workbench: a temporary folder, machines, host-agents; everything ends with it.

Sockets lie in a short temporary folder (a Unix socket's path has 107 bytes); logs are kept in `logs`.
"""

import glob
import os
import shutil
import tempfile
import uuid

import initramfs
import kernel
from etcd import Etcd
from host_side import Events, HostAgent
from machine import Machine, QemuEnded
from prerequisites import Unavailable

GUEST_BINARIES = ("guest-client", "guestctl", "heartbeat-c", "heartbeat-cpp", "servergroup-c", "servergroup-cpp",
                  "standby-pair", "guest-scale-agent", "guest-scale-restore", "worker-pool")
GUEST_NAME = "vm1"
MOST_GUESTS = 8


class Guest(Machine):
    """A machine with the shipped guest programs in it."""

    def start_guest_client(self, *options):
        """Starts the daemon; its pid in the guest."""
        return self.start(f"guest-client --name {GUEST_NAME} {' '.join(options)}")

    def start_application(self, name, *options, program="heartbeat-c"):
        """Starts an example application and waits until it is registered; its pid in the guest."""
        log = f"/run/{name}.log"
        pid = self.start(f"{program} --name {name} {' '.join(options)}", log)
        self.run(wait_until(f"grep -q ': registered' {log}"))
        return pid


def wait_until(condition, seconds=20):
    """A shell line that succeeds once the condition does, and fails after the time."""
    steps = int(seconds * 10)
    return f"i=0; until {condition}; do i=$((i+1)); [ $i -lt {steps} ] || exit 1; usleep 100000; done"


class Lab:
    """Makes and ends what a scenario needs; its guests have these programs."""

    def __init__(self, binaries, cache, logs, programs=GUEST_BINARIES):
        self.binaries = binaries
        self.folder = tempfile.mkdtemp(prefix="vnf-vm-")
        self._logs = logs
        self._running = []
        self._guests = []
        self._images = {}
        self._files = {}
        self._modules = []
        self._plugins = []
        self._programs = [os.path.join(binaries, name) for name in programs]
        self.cache = cache

    def host(self, settings=None, name=""):
        """A started host-agent; a second one has a name. `{lab}` in the settings is the scenario's folder."""
        text = settings.replace("{lab}", self.folder) if settings else None
        agent = HostAgent(self.binaries, os.path.join(self.folder, name), text)
        self._running.append(agent)
        agent.start()
        return agent

    def events(self, agent):
        events = Events(agent)
        self._running.append(events)
        return events

    def etcd(self):
        """A started etcd of one node; its endpoint."""
        etcd = Etcd(os.path.join(self.folder, "etcd"))
        self._running.append(etcd)
        return etcd.endpoint

    def add_test_program(self, name):
        """A program of the tests, of the same build; before the first guest."""
        self._programs.append(os.path.join(os.path.dirname(self.binaries), "tests", name))

    def add_system_program(self, name):
        """A program of this machine, with what it links to; before the first guest."""
        path = shutil.which(name)
        if path is None:
            raise Unavailable(f"{name} is not installed (scripts/setup vm)")
        self._programs.append(os.path.realpath(path))

    def add_modules(self, *names):
        """Kernel modules besides virtio's, loaded in every guest; before the first one."""
        self._modules.extend(names)

    def add_plugin(self, path):
        """A library of this machine that a program opens by name, into /usr/lib/vnf; before the first guest."""
        self._plugins.append(path)

    def add_file(self, guest_path, text):
        """An executable file in every guest; before the first one."""
        self._files[guest_path] = text

    def keep(self, process):
        """Something with kill(), which ends with the scenario."""
        self._running.append(process)
        return process

    def guest(self, discovered=True, host="", suite=None, kind=Guest, **machine):
        """A booted machine of that kind, with the kernel of that suite of Debian; its sockets lie where the host-agent of
        that name looks, or not."""
        guests = os.path.join(self.folder, host, "guests" if discovered else "ports")
        os.makedirs(guests, mode=0o700, exist_ok=True)
        image = kernel.fetch(self.cache, suite)
        while True:
            number = len(self._guests) + 1
            booting = kind(os.path.join(self.folder, f"guest{number}"), guests, str(uuid.uuid4()),
                           f"instance-{number:08x}", image, self._initramfs(image), **machine)
            self._guests.append(booting)
            self._running.append(booting)
            try:
                booting.wait_booted()
                return booting
            except QemuEnded as ended:
                # An emulator that crashes before the guest's first word says nothing about us.
                if not ended.crashed or number > MOST_GUESTS:
                    raise
                print(f"booting again: {ended}", flush=True)

    def write(self, name, text):
        """An executable file on the host; its path."""
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)
        return path

    def close(self):
        """Ends everything; the logs stay. Once is enough."""
        if not os.path.exists(self.folder):
            return
        for one in reversed(self._running):
            (one.close if isinstance(one, Events) else one.kill)()
        shutil.rmtree(self._logs, ignore_errors=True)
        os.makedirs(self._logs)
        for log in glob.glob(f"{self.folder}/**/*.log", recursive=True):
            shutil.copyfile(log, os.path.join(self._logs, os.path.relpath(log, self.folder).replace("/", "-")))
        shutil.rmtree(self.folder, ignore_errors=True)

    def story(self):
        """What the daemons and consoles said, for a failed scenario."""
        texts = []
        for log in sorted(glob.glob(f"{self._logs}/*.log")):
            with open(log, encoding="utf-8", errors="replace") as file:
                texts.append(f"---- {os.path.basename(log)}\n{file.read()[-6000:]}")
        return "\n".join(texts)

    def _initramfs(self, image):
        """The file system for guests of that kernel, made once."""
        if image.version not in self._images:
            path = os.path.join(self.folder, f"initramfs-{image.version}.cpio")
            libraries = os.path.join(os.path.dirname(self.binaries), "lib")
            initramfs.build(path, image, self._programs, self._files, libraries, self._modules, self._plugins)
            self._images[image.version] = path
        return self._images[image.version]
