# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""One virtual machine: QEMU with both virtio-serial ports and no network card, a console that is logged, and a shell behind a second serial line.

Policy. KVM only where the processor has it (a /dev/kvm without vmx or svm emulates instructions and hangs); TCG else.
One thread then emulates all vCPUs: with a thread for each, QEMU 7.2 can translate code while another vCPU rewrites it and
keep what it read, so that a kernel that patches itself as it boots ends in a stray int3. It is no slower on two processors.
And without cmpxchg16b: QEMU 7.2 at times leaves an operand of it in the flags, and kernels from 6.5 on, which allocate memory
with it, then end in a double fault.
A machine lives at most LIFETIME seconds, or as long as it is told, and dies with this process; it is killed by its own process id only.
"""

import ctypes
import os
import re
import signal
import socket
import subprocess
import threading
import time

from qmp import Qmp, QmpError

LIFETIME = float(os.environ.get("VNF_VM_LIFETIME", "60"))
PR_SET_PDEATHSIG = 1
PORT_NAME = "cgcs.heartbeat"
MESSAGING_PORT_NAME = "cgcs.messaging"


class GuestError(Exception):
    """The guest did not boot, answer, or do what it was told."""


class QemuEnded(GuestError):
    """The emulator is no more."""

    def __init__(self, status):
        super().__init__(f"QEMU ended with {status}")
        self.crashed = status < 0


def acceleration(processor=None):
    """Arguments for the fastest accelerator that works here, and for a processor of that model or what it does best."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        has_kvm = re.search(r"\b(vmx|svm)\b", file.read()) is not None
    if has_kvm and os.access("/dev/kvm", os.R_OK | os.W_OK):
        return ["-accel", "kvm", "-cpu", processor or "host"]
    return ["-accel", "tcg,thread=single", "-cpu", processor or "max,-cx16"]


def die_with_parent():
    """For preexec_fn: a child of a killed test does not stay behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Machine:
    """A running guest. Its files lie in `folder`; its ports' sockets in `guest_folder`, named as host-agent looks for them:
    by uuid the heartbeat's, by instance name the messaging's."""

    def __init__(self, folder, guest_folder, uuid, instance, kernel, initramfs, append="panic=-1",
                 may_reset=False, cpus=2, lifetime=LIFETIME, processor=None):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.uuid = uuid
        self.instance = instance
        self.port_socket = os.path.join(guest_folder, f"{PORT_NAME}.{uuid}.sock")
        self.messaging_socket = os.path.join(guest_folder, f"{MESSAGING_PORT_NAME}.{instance}.sock")
        self.agent_qmp = os.path.join(folder, "qmp-agent.sock")
        self.console = os.path.join(folder, "console.log")
        self._shell_path = os.path.join(folder, "shell.sock")
        self._buffer = b""
        self.process = subprocess.Popen(self._command(kernel, initramfs, append, may_reset, cpus, processor), stdin=subprocess.DEVNULL,
                                        stdout=open(os.path.join(folder, "qemu.log"), "wb"), stderr=subprocess.STDOUT,
                                        preexec_fn=die_with_parent)
        self._lifetime = threading.Timer(lifetime, self.process.kill)
        self._lifetime.daemon = True
        self._lifetime.start()
        self._shell = None
        self.qmp = Qmp(os.path.join(folder, "qmp.sock"), time.monotonic() + 20)

    def _command(self, kernel, initramfs, append, may_reset, cpus, processor):
        return ["qemu-system-x86_64", "-M", "q35", *acceleration(processor), "-m", "512", "-smp", str(cpus), "-nodefaults",
                "-display", "none", *([] if may_reset else ["-no-reboot"]), "-uuid", self.uuid,
                "-kernel", kernel.image, "-initrd", initramfs,
                "-append", f"console=ttyS0 quiet tsc=reliable mitigations=off {append}",
                "-serial", f"file:{self.console}",
                "-chardev", f"socket,id=shell,path={self._shell_path},server=on,wait=off", "-serial", "chardev:shell",
                "-qmp", f"unix:{self.folder}/qmp.sock,server=on,wait=off",
                "-qmp", f"unix:{self.agent_qmp},server=on,wait=off",
                "-device", "virtio-serial-pci,id=vs0",
                "-chardev", f"socket,id=heartbeat,path={self.port_socket},server=on,wait=off",
                "-device", f"virtserialport,bus=vs0.0,nr=1,chardev=heartbeat,name={PORT_NAME},id=port0",
                "-chardev", f"socket,id=messaging,path={self.messaging_socket},server=on,wait=off",
                "-device", f"virtserialport,bus=vs0.0,nr=2,chardev=messaging,name={MESSAGING_PORT_NAME},id=port1"]

    def wait_booted(self):
        """Returns when the guest's shell answers."""
        self._shell = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._shell.connect(self._shell_path)
        self._read_mark(LIFETIME)

    def wait_shell_again(self):
        """Returns when the guest has booted again after a reset."""
        while self._read_mark(LIFETIME)[1] != "READY":
            pass

    def run(self, command, seconds=20, check=True):
        """Runs one shell line in the guest; its output. A failing one raises unless check is off."""
        self._shell.sendall(command.replace("\n", ";").encode() + b"\n")
        output, mark = self._read_mark(seconds)
        status = int(mark.split()[1])
        if check and status != 0:
            raise GuestError(f"in the guest: {command!r} ended with {status}: {output}")
        return output if check else (status, output)

    def start(self, command, output="/dev/console"):
        """Starts a program in the guest's background; the guest's pid of it."""
        return int(self.run(f"{command} >{output} 2>&1 </dev/null & echo $!"))

    def type_blindly(self, command):
        """Sends a line whose answer never comes (a panic, a power-off)."""
        self._shell.sendall(command.encode() + b"\n")

    def wait_end(self, seconds=20):
        """Waits until QEMU itself has ended."""
        self.process.wait(seconds)

    def kill(self):
        """Ends QEMU, by its pid."""
        self._lifetime.cancel()
        self.qmp.close()
        if self._shell:
            self._shell.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def console_text(self):
        try:
            with open(self.console, "rb") as file:
                return file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def _read_mark(self, seconds):
        """Output before the next mark line, and the mark."""
        deadline = time.monotonic() + seconds
        while True:
            found = re.search(rb"\x1e([^\n]*)\n", self._buffer)
            if found:
                output = self._buffer[:found.start()]
                self._buffer = self._buffer[found.end():]
                return output.decode("utf-8", "replace"), found.group(1).decode()
            self._shell.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                data = self._shell.recv(65536)
            except TimeoutError as error:
                raise GuestError(f"the guest's shell was silent for {seconds} s") from error
            if not data:
                raise QemuEnded(self.process.wait(timeout=seconds))
            self._buffer += data


__all__ = ["GuestError", "Machine", "QemuEnded", "QmpError", "LIFETIME", "PORT_NAME", "die_with_parent"]
