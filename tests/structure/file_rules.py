# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""What holds for every file: a licence, no path of somebody's machine, a length that can be read.

A file says its licence in its first lines; one that can't hold a comment is covered by a pattern in REUSE.toml.
"""

import fnmatch
import re
import sys
import tomllib

from source_tree import project_files, read_lines

SOURCES = (".c", ".cpp", ".h", ".hpp", ".py")
LONGEST_FILE = 600
LONGEST_FUNCTION = 80
# Put together here so that this file does not match itself.
MACHINE_PATHS = re.compile("(?<![A-Za-z0-9_.}-])/(" + "work|home/[a-z]|root/[A-Za-z.]|tmp/(brief|bash_jobs)" + ")")
LICENCE = re.compile(r"SPDX-License-Identifier: (BSD-3-Clause|GPL-2\.0-only)")
TYPE = re.compile(r"(typedef |template ?<.*> ?)?(class|struct|enum|union)\b")
NOT_A_BLOCK = re.compile(r"namespace\b|extern \"C\"|#|//")
COPYRIGHT = "Copyright (c) 2026 The VNF Guest SDK Authors"


def covered_patterns(root):
    """Patterns of REUSE.toml, for files that carry no comment."""
    try:
        with open(f"{root}/REUSE.toml", "rb") as file:
            annotations = tomllib.load(file).get("annotations", [])
    except FileNotFoundError:
        return []
    patterns = []
    for entry in annotations:
        path = entry["path"]
        patterns += [path] if isinstance(path, str) else path
    return patterns


def licence_violations(root):
    patterns = covered_patterns(root)
    found = []
    for name in project_files(root):
        if name == "LICENSE" or name.startswith("LICENSES/"):
            continue
        if any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
            continue
        head = "\n".join((read_lines(root, name) or [])[:6])
        if not LICENCE.search(head):
            found.append(f"{name}: no SPDX line in its head, and no pattern of REUSE.toml covers it")
        elif COPYRIGHT not in head:
            found.append(f"{name}: no copyright line in its head")
    return found


def path_violations(root):
    found = []
    for name in project_files(root):
        for number, line in enumerate(read_lines(root, name) or [], 1):
            if MACHINE_PATHS.search(line):
                found.append(f"{name}:{number}: a path of one machine: {line.strip()[:80]}")
    return found


def functions(lines):
    """(first line, length) of each top-level block of C or C++ as clang-format lays it out; types and namespaces aside."""
    start, head = None, ""
    for number, line in enumerate(lines, 1):
        if start is not None:
            if line.startswith("}"):
                if not TYPE.match(head):
                    yield start, number - start + 1
                start = None
            continue
        if line and not line.startswith(" "):
            head = line
        if line.rstrip().endswith("{") and not NOT_A_BLOCK.match(line):
            start = number


def length_violations(root):
    found = []
    for name in project_files(root):
        lines = read_lines(root, name) if name.endswith(SOURCES) else None
        if lines is None:
            continue
        if len(lines) > LONGEST_FILE:
            found.append(f"{name}: {len(lines)} lines, at most {LONGEST_FILE}")
        if name.endswith(".py"):
            continue
        for start, length in functions(lines):
            if length > LONGEST_FUNCTION:
                found.append(f"{name}:{start}: a function of {length} lines, at most {LONGEST_FUNCTION}")
    return found


RULES = {"licence": licence_violations, "paths": path_violations, "lengths": length_violations}


def main():
    found = RULES[sys.argv[2]](sys.argv[1])
    print("\n".join(found) or "every file keeps the rule")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
