# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""The two ends of a packet path, each a process with one polling core: how they start, are sampled and end."""

import json
import os
import selectors
import subprocess
import time

READY_SECONDS = 60  # EAL maps and clears its memory first
ANSWER_SECONDS = 30
END_SECONDS = 20


class EndFailed(Exception):
    """An end that did not start, or died; says what it printed last."""


class Sample(dict):
    """Counters and clock of one end at one moment."""

    def since(self, earlier):
        """Per second, between two samples; and clock ticks a frame, of those received and sent."""
        ticks = self["clock"] - earlier["clock"]
        seconds = ticks / self["hertz"]
        rates = {name: (self[name] - earlier[name]) / seconds for name in ("received", "sent", "refused")}
        moved = self["received"] - earlier["received"] or self["sent"] - earlier["sent"]
        rates["ticks"] = ticks / moved if moved else None
        return rates


class Traffic:
    """avp_traffic on one processor."""

    def __init__(self, program, processor, eal, mode, options=(), launcher=(), environment=None):
        self.log = open(os.path.join(eal.scratch, f"traffic-{processor}.log"), "w+", encoding="utf-8")  # pylint: disable=consider-using-with
        command = [*launcher, program, *eal.arguments(processor), "--", "--mode", mode, *options]
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={**os.environ, **(environment or {})})
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        while self._line(READY_SECONDS) != "ready":
            pass

    def sample(self, word="sample"):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return Sample(json.loads(self._line(ANSWER_SECONDS)))

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def _line(self, seconds):
        # One line is one write of the other side, and nothing is sent unasked but what EAL says before "ready".
        if not self.selector.select(seconds):
            raise EndFailed(f"silent for {seconds} s: {self._said()}")
        line = self.process.stdout.readline()
        if not line:
            raise EndFailed(f"ended: {self._said()}")
        return line.strip()

    def _said(self):
        self.log.flush()
        self.log.seek(0)
        return " | ".join(self.log.read().splitlines()[-6:]) or "nothing said"


class Eal:
    """What both ends say to DPDK's environment: memory, files, the devices of one of them."""

    def __init__(self, scratch, huge, prefix, devices, plugins=(), single_file=False, pci=None):
        self.scratch, self.huge, self.prefix, self.devices = scratch, huge, prefix, devices
        self.plugins, self.single_file, self.pci = plugins, single_file, pci

    def arguments(self, processor):
        memory = ["-m", "256", f"--huge-dir={self.huge}"] if self.huge else ["-m", "256", "--no-huge"]
        prefix = f"{self.prefix}-{os.getpid()}-{os.path.basename(self.scratch)}"
        words = ["--no-telemetry", f"--file-prefix={prefix}", "--log-level=*:error", *memory,
                 "--lcores", f"0@{processor},1@{processor}"]
        words += ["--single-file-segments"] if self.single_file else []
        words += ["-a", self.pci] if self.pci else ["--no-pci"]
        words += [word for plugin in self.plugins for word in ("-d", plugin)]
        return words + [word for device in self.devices for word in ("--vdev", device)]


def wait_for_traffic(end, starter=None, seconds=20):
    """Until frames pass, so that a link that is still coming up is no part of a figure; False if none do. `starter`
    injects frames as long as there are none."""
    seen = end.sample()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if starter:
            starter.sample("inject")
        time.sleep(0.2)  # of the waiting process; the ends poll
        sample = end.sample()
        if sample["received"] + sample["sent"] > seen["received"] + seen["sent"] + 10000:
            return True
        seen = sample
    return False
