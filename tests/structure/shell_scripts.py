# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Runs shellcheck on every file that a shell's #! line opens."""

import os
import re
import shutil
import subprocess
import sys

from source_tree import project_files, read_lines

SKIPPED = 4  # VNF_SKIPPED of tests/CMakeLists.txt
SHELL = re.compile(r"#!\s*/(usr/)?bin/(env )?(ba|da)?sh\b")


def shell_scripts(root):
    def first_line(name):
        return next(iter(read_lines(root, name) or []), "")

    return [name for name in project_files(root) if SHELL.match(first_line(name))]


def main():
    root = sys.argv[1]
    if shutil.which("shellcheck") is None:
        print("SKIPPED: shellcheck is not installed")
        return SKIPPED
    scripts = [os.path.join(root, name) for name in shell_scripts(root)]
    return subprocess.run(["shellcheck", *scripts], check=False).returncode if scripts else 0


if __name__ == "__main__":
    sys.exit(main())
