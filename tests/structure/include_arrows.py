# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Who may include what: the table of folders in docs/architecture.md, checked on every #include line.

Arrows go one way: wire <- runtime <- daemons; client libraries stand on wire's records alone. A header of a library
that nobody was allowed is an error, so that a new dependency is a decision and not an accident.
"""

import os
import re
import sys

from source_tree import project_files, read_lines

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = (".c", ".cpp", ".h", ".hpp")
COMPONENTS = ("wire", "runtime", "libhandle", "libheartbeat", "libservergroup", "libguestscale", "guest-client",
              "guest-scale-agent", "host-agent", "avp-abi", "avp-host", "avp-pmd", "examples")

# Folder: (folders of ours, libraries) it may include, itself aside.
ALLOWED = {
    "wire": ((), ()),  # and Boost.JSON in the .cpp files of wire_json
    "runtime": (("wire",), ("boost", "yaml-cpp", "curl", "fmt")),
    "libhandle": (("wire",), ()),  # wire_records only
    "libheartbeat": (("libhandle", "wire"), ()),  # wire_records only
    "libservergroup": (("libhandle", "wire"), ()),
    "libguestscale": (("libhandle", "wire"), ()),  # wire_records only
    "guest-client": (("runtime", "wire"), ("boost", "CLI", "fmt")),
    "guest-scale-agent": (("libguestscale", "runtime", "wire"), ("boost", "CLI", "fmt")),
    "host-agent": (("runtime", "wire"), ("boost", "CLI", "fmt")),
    "avp-abi": ((), ()),  # for the kernel and DPDK too: no C++ library
    "avp-host": (("avp-abi", "runtime", "wire"), ("boost", "CLI", "fmt")),  # dpdk/ also DPDK
    "avp-pmd": (("avp-abi",), ()),  # and DPDK
    "examples": (("libheartbeat", "libservergroup", "libguestscale"), ()),
}
RECORDS_ONLY = ("libhandle", "libheartbeat", "libguestscale")
# What comes with the compiler, the C library and the kernel.
SYSTEM_FOLDERS = ("sys", "linux", "net", "netinet", "arpa", "asm")
# Libraries whose headers lie in no folder of their own.
SINGLE_HEADERS = {"yaml.h": "yaml", "sqlite3.h": "sqlite3", "zlib.h": "zlib", "numa.h": "numa"}


def json_sources(root):
    """The file names of target wire_json, as its CMakeLists.txt has them."""
    lines = read_lines(root, "wire/CMakeLists.txt") or []
    found = re.search(r"add_library\(wire_json\s+STATIC\s+([^)]*)\)", " ".join(lines))
    return set(found.group(1).split()) if found else set()


def json_headers(root, sources):
    """The headers beside those files, and those without a file of their own that include one of them or Boost.JSON."""
    headers = {name.replace(".cpp", ".hpp") for name in sources}
    wire = [name for name in project_files(root) if name.startswith("wire/")]
    for name in wire:
        if name.endswith(".hpp") and name.replace(".hpp", ".cpp") not in wire:
            included = [match.group(2) for match in map(INCLUDE.match, read_lines(root, name) or []) if match]
            if any(is_json(header) or os.path.basename(header) in headers for header in included):
                headers.add(os.path.basename(name))
    return headers


def is_json(header):
    return header == "boost/json.hpp" or header.startswith("boost/json/")


def library_of(header):
    """The library a system header belongs to; None for the compiler, the C library and the kernel."""
    folder, slash, _ = header.partition("/")
    if not slash:
        return SINGLE_HEADERS.get(header)
    return None if folder in SYSTEM_FOLDERS else folder


class Arrows:
    """Judges one include line at a time."""

    def __init__(self, root):
        self.json_cpp = json_sources(root)
        self.json_headers = json_headers(root, self.json_cpp)

    def complaint(self, name, quoted, header):
        """Why file `name` may not include `header`, or None."""
        folder = name.split("/")[0]
        if folder not in ALLOWED:
            return None
        # The libraries' own users write <vnf/heartbeat.h>, as an application would.
        if header.startswith("vnf/"):
            header = f"lib{header[4:].partition('.')[0]}/include/{header}"
        header = header.replace("cgcs/", "libservergroup/compat/include/cgcs/", 1) if header.startswith("cgcs/") else header
        target = header.split("/")[0]
        if target in COMPONENTS and "/" in header:
            return self._own_header(name, folder, target, header)
        if quoted and not header.startswith("../"):
            return None if "/" not in header else f"{folder} includes {header}, which no folder of ours has"
        if quoted:
            return f"{header} climbs out of its folder; include from the root"
        return self._library(name, folder, header)

    def _own_header(self, name, folder, target, header):
        if target != folder and target not in ALLOWED[folder][0]:
            return f"{folder} may not include {target}"
        of_json = target == "wire" and os.path.basename(header) in self.json_headers
        if of_json and folder in RECORDS_ONLY:
            return f"{folder} may include wire_records only"
        if of_json and folder == "wire" and not self._is_json_file(name):
            return "wire_records may not include wire_json"
        return None

    def _library(self, name, folder, header):
        library = library_of(header)
        if library is None or library in ALLOWED[folder][1]:
            return None
        if is_json(header) and folder == "wire" and os.path.basename(name) in self.json_cpp:
            return None
        return f"{folder} may not include {library}"

    def _is_json_file(self, name):
        base = os.path.basename(name)
        return base in self.json_cpp or base in self.json_headers


def violations(root):
    """One line of text for each forbidden #include."""
    arrows = Arrows(root)
    found = []
    for name in project_files(root):
        if not name.endswith(SOURCES) or name.split("/")[0] not in ALLOWED:
            continue
        for number, line in enumerate(read_lines(root, name) or [], 1):
            match = INCLUDE.match(line)
            why = match and arrows.complaint(name, match.group(1) == '"', match.group(2))
            if why:
                found.append(f"{name}:{number}: {why} ({match.group(2)})")
    return found


def main():
    found = violations(sys.argv[1])
    print("\n".join(found) or "every include follows the arrows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
