# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Test results: read from CTest's JUnit files, summed, and told.

A test that CTest could not start is a failure, not a skip: only a test that says SKIPPED itself is skipped, and only
if nothing failed in it.
"""

import re
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field

SHOWN_LINES = 60
SKIP = re.compile(r"^\s*SKIPPED: (.*)", re.MULTILINE)


@dataclass
class Results:
    passed: int = 0
    failed: list = field(default_factory=list)   # (name, output)
    skipped: list = field(default_factory=list)  # (name, reason)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def line(self):
        return f"{self.passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped"


def failure(name, output):
    return Results(failed=[(name, output)])


def read_junit(path, suite):
    """The results of one CTest run."""
    try:
        cases = xml.parse(path).getroot().iter("testcase")
    except (OSError, xml.ParseError) as error:
        return failure(suite, f"no result file from ctest: {error}")
    results = Results()
    for case in cases:
        name = f"{suite}: {case.get('name')}"
        output = case.findtext("system-out") or ""
        skip = case.find("skipped")
        if case.get("status") == "run" and skip is None:
            if SKIP.search(output):  # said so, and forgot the exit status
                results.skipped.append((name, skip_reason(output)))
            else:
                results.passed += 1
        elif skip is not None and (skip.get("message") or "").startswith("SKIP_"):
            results.skipped.append((name, skip_reason(output)))
        else:
            results.failed.append((name, output or (skip.get("message") if skip is not None else "")))
    if results.passed + len(results.failed) + len(results.skipped) == 0:
        return failure(suite, "ctest found no test")
    return results


def skip_reason(output):
    found = SKIP.search(output)
    return found.group(1).strip() if found else "no reason given"


def tell(results):
    """Failures with the end of their output, skips with their reason, and the one last line."""
    for name, output in results.failed:
        print(f"\nFAILED {name}")
        lines = output.strip().splitlines()
        if len(lines) > SHOWN_LINES:
            print(f"    ... {len(lines) - SHOWN_LINES} lines before")
        for line in lines[-SHOWN_LINES:]:
            print(f"    {line}")
    for name, reason in results.skipped:
        print(f"skipped {name}: {reason}")
    print(results.line())
