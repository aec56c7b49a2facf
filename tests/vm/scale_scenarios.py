# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""vCPUs of real guests, with the kernels of several suites of Debian: what a fake sysfs can't show. One function a
scenario, as in scenarios.py."""

import os

from lab import wait_until
from scenarios import check, scenario

# 200 by hand; fewer where every test runs.
CYCLES = int(os.environ.get("VNF_SCALE_CYCLES", "10"))
# None is the machine's own suite.
KERNELS = {"5.10": "bullseye", "6.1": None, "6.12": "trixie", "7.x": "sid"}


class ScalableGuest:
    """A guest with guest-client and guest-scale-agent in it, beside a host-agent that may scale it."""

    def __init__(self, lab, minimum=1, maximum=4, scaling="", **machine):
        self.machine = lab.guest(**{"cpus": maximum, **machine})
        pair = (f"{{heartbeat: {self.machine.uuid}, messaging: {self.machine.instance}, "
                f"scaling: {{min: {minimum}, max: {maximum}}}}}")
        self.agent = lab.host(f"scaling: {{state_directory: '{lab.folder}'{scaling}}}\ngroups: {{pairs: [{pair}]}}\n")
        self.events = lab.events(self.agent)
        self.start_daemons()

    def start_daemons(self):
        self.scale_pid = self.machine.start("guest-scale-agent")
        self.machine.run(wait_until("grep -q @cgcs.scale /proc/net/unix"))
        self.client_pid = self.machine.start_guest_client()
        self.events.wait("heartbeating", self.machine.uuid)
        self.machine.run(wait_until("guestctl --json group | grep -q '\"state\":\"up\"'"))

    def ctl(self, *arguments, check_exit=True):
        """Exit code and document of `vnfctl scale ID ...`."""
        return self.agent.ctl("scale", self.machine.uuid, *arguments, check=check_exit)

    def online(self):
        return self.machine.run("cat /sys/devices/system/cpu/online").strip()

    def start_pool(self, *options):
        """The example's worker pool, connected; its pid."""
        pid = self.machine.start(f"worker-pool {' '.join(options)}", "/run/pool.log")
        self.machine.run(wait_until("grep -q '\"event\":\"connected\"' /run/pool.log"))
        return pid

    def footprint(self):
        """Descriptors, threads and anonymous memory in KiB of the guest's daemons."""
        pids = f"{self.scale_pid} {self.client_pid}"
        text = self.machine.run(f"for p in {pids}; do ls /proc/$p/fd | wc -l; "
                                "for name in Threads RssAnon; do grep ^$name: /proc/$p/status; done; done")
        return [int(word) for word in text.split() if word.isdigit()]


def cycles(kernel, suite):
    """One scenario a kernel."""

    def go_and_come(lab):
        guest = ScalableGuest(lab, suite=suite, lifetime=120 + 2 * CYCLES)
        version = guest.machine.run("uname -r")
        check(kernel == "7.x" or version.startswith(kernel + "."), f"the kernel is {version}")
        for number in range(CYCLES):
            if number == 5:
                before = guest.footprint()
            down = guest.ctl("down")[1]
            check(down["cpu"] == 3 and guest.online() == "0-2", f"{down}, online {guest.online()}")
            up = guest.ctl("up")[1]
            check(up["cpu"] == 3 and guest.online() == "0-3", f"{up}, online {guest.online()}")
        after = guest.footprint()
        # A descriptor or thread more is a leak; of memory only what a page or two of the heap may be.
        allowed = [0, 0, 64] * 2  # in the order of footprint()
        check(all(now - then <= more for then, now, more in zip(before, after, allowed)), f"{before} became {after}")

    go_and_come.__doc__ = f"vCPUs of a guest with kernel {kernel} go and come, and its daemons keep their size."
    return scenario(go_and_come)


for _kernel, _suite in KERNELS.items():
    cycles(_kernel, _suite)


@scenario
def repinned(lab):
    """a busy thread is pinned again when its vCPU is back, and the last vCPU stays."""
    guest = ScalableGuest(lab)
    pid = guest.start_pool("--busy", "--stay")
    pinned = f"grep -l '^Cpus_allowed_list:\t3$' /proc/{pid}/task/*/status | wc -l"
    check(guest.machine.run(pinned).strip() == "1", "one thread is pinned to vCPU 3")
    for left in ("0-2", "0-1", "0"):
        guest.ctl("down")
        check(guest.online() == left, f"online {guest.online()}")
    check(guest.machine.run(pinned).strip() == "0", "the kernel has widened the mask")
    code, answer = guest.ctl("down", check_exit=False)
    check(code != 0 and guest.online() == "0", f"the last one went: {answer}")
    for _ in range(3):
        guest.ctl("up")
    guest.machine.run(wait_until(f"[ $({pinned}) = 1 ]"))


@scenario
def refused(lab):
    """an application's refusal is binding, and a helper's choice is taken."""
    guest = ScalableGuest(lab)
    pid = guest.start_pool("--refuse", "'a backup is running'")
    done = guest.agent.vnfctl("scale", guest.machine.uuid, "down")
    check(done.returncode == 3 and "a backup is running" in done.stderr, f"vnfctl: {done}")
    check(guest.online() == "0-3", f"online {guest.online()}")
    guest.machine.run(f"kill -TERM {pid}; {wait_until(f'! test -d /proc/{pid}')}")
    guest.machine.run("mkdir -p /usr/sbin; printf '#!/bin/sh\\nexit 2\\n' >/usr/sbin/app_scale_helper; "
                      "chmod 755 /usr/sbin/app_scale_helper")
    check(guest.ctl("down")[1]["cpu"] == 2 and guest.online() == "0-1,3", f"online {guest.online()}")


@scenario
def brought_back(lab):
    """a vCPU that somebody else brings back is reported, and taken again."""
    guest = ScalableGuest(lab, scaling=", check_ms: 500")
    guest.ctl("down")
    guest.machine.run("echo 1 >/sys/devices/system/cpu/cpu3/online")
    guest.events.wait("scale_diverged", guest.machine.uuid)
    check(guest.ctl("show")[1]["diverged"], "the document does not say so")
    guest.ctl("reconcile")
    check(guest.online() == "0-2" and not guest.ctl("show")[1]["diverged"], f"online {guest.online()}")


# What a distribution or an operator may have; the kernel says `offline` for a vCPU that goes, and udevd writes the switch.
BRINGS_BACK = 'SUBSYSTEM=="cpu", ACTION=="offline", ATTR{online}="1"'


@scenario
def brought_back_by_udev(lab):
    """a udev rule that brings vCPUs back is found out and reported, and what it did is mended once it is gone."""
    lab.add_system_program("udevadm")
    guest = ScalableGuest(lab, scaling=", check_ms: 500")
    guest.machine.run(f"mkdir -p /etc/udev/rules.d; echo '{BRINGS_BACK}' >/etc/udev/rules.d/80-vcpus.rules; "
                      "ln -s udevadm /usr/bin/systemd-udevd")
    guest.machine.start("systemd-udevd")
    guest.machine.run(wait_until("udevadm control --ping"))
    # udevd acts when the vCPU is gone: mostly behind the answer, and at times while the agent looks whether it is.
    down = guest.agent.vnfctl("scale", guest.machine.uuid, "down")
    guest.machine.run(wait_until("grep -qx 0-3 /sys/devices/system/cpu/online"))
    if down.returncode == 0:
        guest.events.wait("scale_diverged", guest.machine.uuid)
        check(guest.ctl("show")[1]["guest_online_cpus"] == [0, 1, 2, 3], "the guest's own account is shown")
        guest.machine.run(wait_until("guestctl --json scale agent | grep -q '\"changed_elsewhere\":[1-9]'"))
    else:
        check("guest_failed" in down.stderr, f"neither done nor failed: {down}")
    guest.machine.run("rm /etc/udev/rules.d/80-vcpus.rules; udevadm control --reload; udevadm control --ping")
    guest.ctl("reconcile" if down.returncode == 0 else "down")
    check(guest.online() == "0-2", f"online {guest.online()}")
    check(not guest.ctl("show")[1]["diverged"], "host and guest disagree")


def last_one(kernel, suite):
    """One scenario a kernel on which vCPU 0 has a switch."""

    def stays(lab):
        guest = ScalableGuest(lab, suite=suite, processor="Skylake-Client-v1", append="panic=-1 cpu0_hotplug")
        guest.machine.run("test -e /sys/devices/system/cpu/cpu0/online")
        guest.machine.run("echo 0 >/sys/devices/system/cpu/cpu0/online")
        for left in ("1-2", "1"):
            guest.ctl("down")
            check(guest.online() == left, f"online {guest.online()}")
        done = guest.agent.vnfctl("scale", guest.machine.uuid, "down")
        check(done.returncode == 1 and "guest_failed" in done.stderr and "Device or resource busy" in done.stderr,
              f"vnfctl: {done}")
        check(guest.online() == "1", f"online {guest.online()}")
        shown = guest.ctl("show")[1]
        check(shown["online_cpus"] == [0, 1] and shown["guest_online_cpus"] == [1], f"the accounts: {shown}")
        # Nothing is lost: vCPU 0 comes back, and then the other one can go.
        guest.machine.run("echo 1 >/sys/devices/system/cpu/cpu0/online")
        guest.ctl("down")
        check(guest.online() == "0" and not guest.ctl("show")[1]["diverged"], f"online {guest.online()}")

    stays.__doc__ = f"the last vCPU of a guest with kernel {kernel} stays: its EBUSY is an answer, and nothing is lost."
    return scenario(stays)


for _kernel in ("5.10", "6.1"):
    last_one(_kernel, KERNELS[_kernel])


@scenario
def plugged(lab):
    """vCPUs that are plugged into a running machine come online when they are given."""
    # A plugged vCPU that idles without a tick at times sleeps through another one's call under QEMU 7.2, and the kernel
    # waits for it in stop_machine() for good.
    guest = ScalableGuest(lab, cpus="2,maxcpus=4", append="panic=-1 nohz=off")
    guest.ctl("set", "--offline", "2-3")
    qmp = guest.machine.qmp
    for number in (2, 3):
        plug = next(one for one in qmp.command("query-hotpluggable-cpus")
                    if "qom-path" not in one and one["props"]["core-id" if "core-id" in one["props"] else "socket-id"])
        qmp.command("device_add", driver=plug["type"], **plug["props"])
        guest.machine.run(wait_until(f"test -e /sys/devices/system/cpu/cpu{number}"))
        check(guest.ctl("up")[1]["cpu"] == number, "the plugged one is the next")
    check(guest.online() == "0-3", f"online {guest.online()}")


@scenario
def restored(lab):
    """after a reset the guest takes offline what its host holds, before applications start."""
    guest = ScalableGuest(lab, may_reset=True)
    guest.ctl("down")
    guest.ctl("down")
    guest.machine.qmp.command("system_reset")
    guest.machine.wait_shell_again()
    check(guest.online() == "0-3", "the kernel starts with all")
    guest.start_daemons()
    guest.machine.run("guest-scale-restore")
    check(guest.online() == "0-1", f"online {guest.online()}")
    check(not guest.ctl("show")[1]["diverged"], "host and guest disagree")
