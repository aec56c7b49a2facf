# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Builds the guest's root file system: a busybox, the kernel modules of virtio-serial, the shipped binaries.

The archive is the kernel's "newc" cpio format, written here; it is not compressed, since unpacking costs an emulated
processor more than reading does. A binary travels with every shared library that ldd names.
"""

import os
import shutil
import subprocess
import lzma

BUSYBOX = "/bin/busybox"
MODULES = ("virtio_pci", "virtio_console")

INIT = """#!/bin/busybox sh
# Mounts, loads modules, then serves commands on the second serial line: one line in, its output and a
# line "\\036RC n" out.
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin LD_LIBRARY_PATH=/usr/lib/vnf HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mkdir -p /dev/pts /dev/shm && mount -t devpts pts /dev/pts
while read -r module; do insmod "/modules/$module"; done </modules/order
ip link set lo up
stty -F /dev/ttyS1 raw -echo
serve() {
    printf '\\036READY\\n'
    while read -r line; do
        (eval "$line") </dev/null 2>&1
        printf '\\036RC %s\\n' "$?"
    done
}
# Not by this process, whose children all orphans become: a busybox shell that is told of a child's end in the middle of a
# line forgets what it has read of it.
serve </dev/ttyS1 >/dev/ttyS1 2>/dev/console &
while :; do wait; done
"""


class Archive:
    """Writes a newc cpio."""

    def __init__(self, file):
        self._file = file
        self._inode = 0
        self._folders = set()

    def add(self, name, mode, data=b""):
        """One entry; folders above it come by themselves."""
        name = name.strip("/")
        self._add_folders(os.path.dirname(name))
        self._entry(name, mode, data)

    def add_link(self, name, target):
        self.add(name, 0o120777, target.encode())

    def add_file(self, name, source):
        with open(source, "rb") as file:
            self.add(name, 0o100755, file.read())

    def add_folder(self, name):
        self._add_folders(name.strip("/"))

    def close(self):
        self._entry("TRAILER!!!", 0)

    def _add_folders(self, name):
        if not name or name in self._folders:
            return
        self._add_folders(os.path.dirname(name))
        self._folders.add(name)
        self._entry(name, 0o040755)

    def _entry(self, name, mode, data=b""):
        self._inode += 1
        fields = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        self._file.write(head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4))


def build(path, kernel, binaries, extra_files, library_folder="", modules=(), plugins=()):
    """Writes the archive to `path`. `binaries` are host paths, put into /usr/bin; `extra_files` maps guest paths to text;
    libraries are looked for in `library_folder` where a binary does not say itself. `modules` come besides virtio's and
    are loaded; `plugins` are libraries that a program opens by name, put beside the others."""
    with open(path, "wb") as file:
        archive = Archive(file)
        for folder in ("proc", "sys", "dev", "run", "tmp", "root", "etc", "usr/bin", "usr/lib/vnf", "var"):
            archive.add_folder(folder)
        archive.add_link("var/run", "/run")
        archive.add("init", 0o100755, INIT.encode())
        archive.add("etc/passwd", 0o100644, b"root:x:0:0:root:/root:/bin/sh\nvnf:x:990:990::/:/bin/false\n")
        archive.add("etc/group", 0o100644, b"root:x:0:\nvnf:x:990:\n")
        archive.add_file("bin/busybox", BUSYBOX)
        _add_modules(archive, kernel, (*MODULES, *modules))
        _add_binaries(archive, binaries, plugins, os.path.dirname(path), library_folder)
        for name, text in extra_files.items():
            archive.add(name, 0o100755, text.encode())
        archive.close()


def _add_modules(archive, kernel, names):
    order = []
    for module in kernel.modules_for(*names):
        name = os.path.basename(module).removesuffix(".xz")
        with (lzma.open if module.endswith(".xz") else open)(module, "rb") as file:
            archive.add(f"modules/{name}", 0o100644, file.read())
        order.append(name)
    archive.add("modules/order", 0o100644, "".join(f"{name}\n" for name in order).encode())


def _add_binaries(archive, binaries, plugins, folder, library_folder):
    libraries = {f"usr/lib/vnf/{os.path.basename(plugin)}": plugin for plugin in plugins}
    for plugin in plugins:
        libraries.update(shared_libraries(plugin, library_folder))
    for binary in binaries:
        stripped = os.path.join(folder, os.path.basename(binary) + ".stripped")
        if shutil.which("strip") is None or subprocess.run(["strip", "-o", stripped, binary], check=False).returncode:
            shutil.copyfile(binary, stripped)
        archive.add_file(f"usr/bin/{os.path.basename(binary)}", stripped)
        os.remove(stripped)
        libraries.update(shared_libraries(binary, library_folder))
    for guest_path, host_path in sorted(libraries.items()):
        archive.add_file(guest_path, host_path)


def shared_libraries(binary, library_folder):
    """Guest path to host path of each library: the loader where the binary expects it, all others in one folder."""
    done = subprocess.run(["ldd", binary], capture_output=True, text=True, check=False,
                          env={**os.environ, "LD_LIBRARY_PATH": library_folder})
    found = {}
    for line in done.stdout.splitlines():
        words = line.split()
        if "=>" in words and len(words) >= 3 and words[2].startswith("/"):
            found[f"usr/lib/vnf/{words[0]}"] = words[2]
        elif words and words[0].startswith("/"):
            found[words[0]] = words[0]
    if "not found" in done.stdout:
        raise RuntimeError(f"ldd {binary}: {done.stdout}")
    return found
