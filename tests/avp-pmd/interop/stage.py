# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""What a scenario stands on: started programs, ended with it, and the plug-in at a place from which EAL loads it.

Nothing is timed: each step waits for what it causes, with a generous bound.
"""

import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time

PATIENCE = 40
WITHOUT_MEANS = ["--no-huge", "--no-shconf", "--no-pci"]


class Skipped(Exception):
    """The scenario can't run here."""


class Failed(Exception):
    """What was waited for did not come."""


def wait_until(condition, what, patience=PATIENCE):
    """The first true value of `condition`."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"waited in vain for: {what}")
        time.sleep(0.02)


class Program:
    """A started program, its output in a file."""

    def __init__(self, name, argv, folder, stdin=None, env=None):
        self.name = name
        self.log = os.path.join(folder, f"{name}.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(argv, stdin=stdin, stdout=log, stderr=log, cwd=folder, start_new_session=True,
                                            env={**os.environ, **(env or {})})

    def output(self):
        with open(self.log, "r", encoding="utf-8", errors="replace") as log:
            return log.read()

    def running(self):
        return self.process.poll() is None

    def end(self, number=signal.SIGTERM):
        if self.running():
            self.process.send_signal(number)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


class Testpmd(Program):
    """testpmd, interactive: a command a line."""

    def __init__(self, name, argv, folder, env=None):
        super().__init__(name, argv, folder, stdin=subprocess.PIPE, env=env)
        self.waited = 0
        self.marks = 0
        self.wait_for("testpmd> ")

    def wait_for(self, text):
        """Waits until `text` stands in the output behind what was waited for before; what stands up to its end."""
        def found():
            output = self.output()
            at = output.find(text, self.waited)
            if at < 0 and not self.running():
                raise Failed(f"{self.name} has ended:\n{output}")
            return (at + len(text), output) if at >= 0 else None

        end, output = wait_until(found, f"{text!r} of {self.name}:\n{self.output()}")
        before, self.waited = self.waited, end
        return output[before:end]

    def command(self, line):
        """The command's own output. Prompts come when they like; a comment is echoed after the command has run."""
        self.marks += 1
        mark = f"mark-{self.marks}-"
        self.process.stdin.write(f"{line}\n# {mark}\n".encode())
        self.process.stdin.flush()
        return self.wait_for(mark)

    def stats(self, port=0):
        found = {}
        for line in self.command(f"show port stats {port}").splitlines():
            words = line.replace(":", " ").split()
            for name in ("RX-packets", "TX-packets", "RX-errors", "TX-errors", "RX-missed", "RX-nombuf"):
                if name in words:
                    found[name] = int(words[words.index(name) + 1])
        return found

    def quit(self):
        self.process.stdin.write(b"stop\nquit\n")
        self.process.stdin.close()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"{self.name} does not end:\n{self.output()}") from error


def is_private(folder):
    """Whether EAL loads plug-ins from there: nobody else can write it or a folder above."""
    while True:
        if os.stat(folder).st_mode & stat.S_IWOTH:
            return False
        if folder == "/":
            return True
        folder = os.path.dirname(folder)


class Stage:
    """Programs and the plug-in."""

    def __init__(self, build, folder):
        self.build = build
        self.folder = folder
        self.programs = []
        self.own_folders = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        for program in reversed(self.programs):
            program.end()
        if kind is not None and kind is not Skipped:
            for program in self.programs:
                print(f"--- {program.name}\n{program.output()[-6000:]}")
        for folder in self.own_folders:
            shutil.rmtree(folder, ignore_errors=True)

    def plugin(self, name="librte_net_avp_sdk.so"):
        """The plug-in's path; a copy if the build folder is open to all."""
        built = os.path.join(self.build, "lib", name)
        if not os.path.exists(built):
            raise Skipped(f"{name} was not built")
        if is_private(os.path.dirname(os.path.realpath(built))):
            return os.path.realpath(built)
        for place in (os.environ.get("XDG_RUNTIME_DIR"), "/run", os.path.expanduser("~")):
            if place and os.path.isdir(place) and os.access(place, os.W_OK) and is_private(os.path.realpath(place)):
                folder = tempfile.mkdtemp(prefix="avp-pmd-", dir=os.path.realpath(place))
                self.own_folders.append(folder)
                return shutil.copy(built, folder)
        raise Skipped("EAL loads plug-ins only from folders that nobody else can write, and there is none here")

    def testpmd(self, name, eal, options=(), env=None, wrapper=(), forwarders=1, telemetry=False):
        program = shutil.which("dpdk-testpmd")
        if program is None:
            raise Skipped("there is no dpdk-testpmd (scripts/setup dpdk)")
        cpu = sorted(os.sched_getaffinity(0))
        lcores = ",".join([f"0@{cpu[0]}"] + [f"{1 + i}@{cpu[-1 - i % len(cpu)]}" for i in range(forwarders)])
        # Its output is a file: unbuffered, or what it prints would come after the echo of what follows.
        argv = [*wrapper, "stdbuf", "-o0", program, "--lcores", lcores, *([] if telemetry else ["--no-telemetry"]), *eal, "--", "-i",
                f"--nb-cores={forwarders}", "--total-num-mbufs=8192", *options]
        self.programs.append(Testpmd(name, argv, self.folder, env))
        return self.programs[-1]

    def testpmd_by_socket(self, name, *sockets, options=(), devargs=""):
        """Without privileges, PCI or hugepages."""
        eal = [*WITHOUT_MEANS, "-m", "192", "-d", self.plugin()]
        for number, path in enumerate(sockets):
            eal += ["--vdev", f"net_avp_user{number},socket={path}{devargs}"]
        return self.testpmd(name, eal, options)

    def testpmd_as_host(self, name, *sockets, options=(), devargs="", forwarders=1, telemetry=False):
        """The same, with a net_avp_host port at each socket; with telemetry in the scenario's folder."""
        eal = ["--no-huge", "--no-shconf", "--no-pci", "-m", "192", "-d", self.plugin("librte_net_avp_host.so")]
        for number, path in enumerate(sockets):
            eal += ["--vdev", f"net_avp_host{number},socket={path}{devargs}"]
        env = {"RUNTIME_DIRECTORY": self.folder} if telemetry else None
        return self.testpmd(name, eal, options, env, forwarders=forwarders, telemetry=telemetry)

    def example(self, name, ports, options):
        """An example on those ports of avp-host, without privileges, PCI or hugepages."""
        argv = ["stdbuf", "-o0", os.path.join(self.build, "bin", name), *WITHOUT_MEANS, "-m", "128", "-d", self.plugin()]
        for number, port in enumerate(ports):
            argv += ["--vdev", f"net_avp_user{number},socket={self.folder}/{port}.sock"]
        self.programs.append(Program(f"{name}-{len(self.programs)}", [*argv, "--", *options], self.folder))
        return self.programs[-1]

    def avp_host(self, ports):
        """avp-host with these ports: name and what is behind it, in YAML."""
        lines = [f"control: {{socket: {self.folder}/control.sock}}", "ports:"]
        for number, (name, behind) in enumerate(ports.items()):
            lines += [f"  - name: {name}", f"    socket: {self.folder}/{name}.sock",
                      f"    mac: \"02:00:00:00:00:{number + 1:02x}\"", "    max_frame_bytes: 9238",
                      f"    behind: {behind}"]
        with open(os.path.join(self.folder, "host.yaml"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        host = Program(f"avp-host-{len(self.programs)}",
                       [os.path.join(self.build, "bin", "avp-host"), "--config", f"{self.folder}/host.yaml"], self.folder)
        self.programs.append(host)
        wait_until(lambda: self.avpctl("ports", may_fail=True), "avp-host")
        return host

    def avpctl(self, *words, may_fail=False):
        """Its answer, as JSON."""
        argv = [os.path.join(self.build, "bin", "avpctl"), "--socket", f"{self.folder}/control.sock", "--json", *words]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            if may_fail:
                return None
            raise Failed(f"avpctl {' '.join(words)}: {done.stderr or done.stdout}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def port(self, name):
        return self.avpctl("show", name)
