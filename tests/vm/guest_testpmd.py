# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""testpmd, or another DPDK program, in a guest: told what to do line by line through a FIFO, what it says is a file."""

import os
import re

from lab import wait_until

# Makes it write each line at once, as it does on a terminal.
LINES = "/usr/libexec/coreutils/libstdbuf.so"
LOG = "/run/pmd.log"


class DpdkProgram:
    """A running one, on these cards. `opened` are the drivers that it opens by name, in that order."""

    def __init__(self, guest, program, addresses, opened, options=""):
        self._guest = guest
        # EAL opens no library below a folder that all may write to.
        guest.run("chmod 755 /; mkdir -p /dev/hugepages; "
                  "grep -q hugetlbfs /proc/mounts || mount -t hugetlbfs none /dev/hugepages")
        guest.run(f"rm -f /run/pmd.in; mkfifo /run/pmd.in; : >{LOG}")
        # Holds the way to its standard input open.
        guest.run("sleep 100000 >/run/pmd.in 2>/dev/null </dev/null & echo $!")
        plugins = " ".join(f"-d /usr/lib/vnf/{name}" for name in opened)
        allowed = " ".join(f"-a {address}" for address in addresses)
        command = f"{program} -l 0,1 -m 128 {plugins} {allowed} {options}"
        self.pid = guest.start(f"_STDBUF_O=L LD_PRELOAD=/usr/lib/vnf/{os.path.basename(LINES)} "
                               f"sh -c 'exec {command} </run/pmd.in'", LOG)

    def say(self, line):
        self._guest.run(f"echo '{line}' >/run/pmd.in")

    def wait(self, text, seconds=60, count=1):
        """Until it has printed lines with that, so many."""
        done = f"[ $(grep -c -- '{text}' {LOG}) -ge {count} ]"
        # Looking often takes its time in an emulated guest.
        self._guest.run(wait_until(done, seconds), seconds=3 * seconds)

    def wait_end(self):
        self._guest.run(wait_until(f"! test -d /proc/{self.pid}"))

    def log(self):
        return self._guest.run(f"cat {LOG}")

    def kill(self):
        self._guest.run(f"kill -9 {self.pid}; {wait_until(f'! test -d /proc/{self.pid}')}")

    def quit(self):
        """Ends it, and waits."""
        self.say("quit")
        self.wait_end()


class Testpmd(DpdkProgram):
    """The distribution's testpmd."""

    COUNTER = re.compile(r"(RX|TX)-(packets|errors|missed): *(\d+)")
    EXTENDED = re.compile(r"^(\w+): (\d+)$", re.MULTILINE)

    def __init__(self, guest, addresses, options, opened):
        self._marks = 0
        self.ports = len(addresses)
        super().__init__(guest, "dpdk-testpmd", addresses, opened,
                         " ".join(("-- -i --nb-cores=1 --total-num-mbufs=4096", *options)))

    def command(self, *lines, seconds=60):
        """What it prints while it does that. A comment is echoed after the command before it has run."""
        self._marks += 1
        mark = f"mark-{self._marks}-"
        text = "".join(f"{line}\\n" for line in (*lines, f"# {mark}"))
        return self._guest.run(f"at=$(wc -c <{LOG}); printf '{text}' >/run/pmd.in; "
                               f"{wait_until(f'grep -q {mark} {LOG}', seconds)}; tail -c +$((at+1)) {LOG}", seconds + 5)

    def counters(self):
        """For each port its counters by name, e.g. "RX-packets"."""
        shown = self.command("show port stats all").split("NIC statistics for port")[1:]
        return [{f"{way}-{what}": int(value) for way, what, value in self.COUNTER.findall(block)} for block in shown]

    def extended_counters(self):
        """For each port its extended statistics by name, e.g. "rx_q0_packets"."""
        shown = self.command("show port xstats all").split("NIC extended statistics for port")[1:]
        return [{name: int(value) for name, value in self.EXTENDED.findall(block)} for block in shown]

    def driver(self, port=0):
        return re.search(r"Driver name: (\S+)", self.command(f"show port info {port}"))[1]

    def stop(self):
        """Stops forwarding."""
        self.command("stop")
