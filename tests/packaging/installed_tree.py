# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Installs the build into a scratch folder and looks at what lies there: installed_tree.py CMAKE BUILD TEST."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 4
DAEMONS = {"guest-client": "guest-client.yaml", "guest-scale-agent": "guest-scale-agent.yaml",
           "guest-scale-restore": "guest-scale-agent.yaml", "host-agent": "host-agent.yaml",
           "avp-host": "avp-host.yaml"}


class Tree:
    """An installed tree below a folder that stands for the root."""

    def __init__(self, cmake, build):
        self.root = tempfile.mkdtemp(prefix="vnf-tree-")
        self._command = [cmake, "--install", build]

    def install(self, *options):
        """The finished `cmake --install`."""
        return subprocess.run([*self._command, *options], env={**os.environ, "DESTDIR": self.root},
                              capture_output=True, text=True, check=False)

    def path(self, installed):
        return self.root + installed

    def find(self, pattern):
        return sorted(glob.glob(f"{self.root}/**/{pattern}", recursive=True))

    def remove(self):
        shutil.rmtree(self.root)


def check(condition, text):
    if not condition:
        raise SystemExit(f"FAILED: {text}")


def run(*command):
    """Output of a program that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def installed(tree):
    done = tree.install()
    check(done.returncode == 0, done.stdout + done.stderr)


def everything_is_there(tree):
    installed(tree)
    for unit in tree.find("*.service"):
        with open(unit, encoding="utf-8") as file:
            program, *options = re.search(r"^ExecStart=(.*)$", file.read(), re.MULTILINE).group(1).split()
        check(os.access(tree.path(program), os.X_OK), f"{unit} starts {program}, which is not installed")
        for path in (option for option in options if option.startswith("/")):
            check(os.path.exists(tree.path(path)), f"{unit} names {path}, which is not installed")
    for daemon, settings in DAEMONS.items():
        program, = tree.find(f"bin/{daemon}")
        file, = tree.find(settings)
        run(program, "--version")
        run(program, "--config", file, "--check-config")
    check(len(tree.find("*.socket")) >= 2, f"the socket units are {tree.find('*.socket')}")
    check(tree.find("rules.d/*.rules") and tree.find("sysusers.d/*.conf"), "udev's rules or the users are missing")


def other_prefix(tree):
    done = tree.install("--prefix", "/somewhere/else")
    check(done.returncode != 0, "it was not refused")
    check("CMAKE_INSTALL_PREFIX" in done.stderr, f"the reason does not name what to set: {done.stderr}")


def units(tree):
    if shutil.which("systemd-analyze") is None:
        print("SKIPPED: systemd-analyze is not installed")
        return SKIPPED
    installed(tree)
    found = tree.find("*.service") + tree.find("*.socket")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *found], capture_output=True, text=True, check=False)
    # The programs lie below the scratch root, where systemd does not look.
    complaints = [line for line in done.stderr.splitlines() if "is not executable" not in line and tree.root in line]
    check(not complaints, "\n".join(complaints))
    return 0


TESTS = {"what is installed is there where units and settings look for it": everything_is_there,
         "an installation to another prefix than the configured one is refused": other_prefix,
         "systemd takes the installed units": units}


def main():
    cmake, build, name = sys.argv[1:]
    tree = Tree(cmake, build)
    try:
        return TESTS[name](tree) or 0
    finally:
        tree.remove()


if __name__ == "__main__":
    sys.exit(main())
