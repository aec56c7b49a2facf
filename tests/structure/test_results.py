# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""What scripts/test makes of CTest's result files: nothing that did not run may look as if it had passed."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "testing"))
import results

PASSED = '<testcase name="a" status="run"><system-out>fine</system-out></testcase>'
FAILED = '<testcase name="b" status="fail"><failure message=""/><system-out>broke</system-out></testcase>'
SKIPPED = ('<testcase name="c" status="notrun"><skipped message="SKIP_RETURN_CODE=4"/>'
           "<system-out>SKIPPED: no vsock here\n</system-out></testcase>")
NOT_STARTED = '<testcase name="d" status="notrun"><skipped message="Unable to find executable"/></testcase>'
DISABLED = '<testcase name="e" status="disabled"><skipped message="Disabled"/></testcase>'


class ReadJunit(unittest.TestCase):
    def read(self, *cases):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(f"<testsuite>{''.join(cases)}</testsuite>")
            file.flush()
            return results.read_junit(file.name, "unit")

    def test_a_passed_a_failed_and_a_skipped_test_count_as_such(self):
        found = self.read(PASSED, FAILED, SKIPPED)
        self.assertEqual(found.line(), "1 passed, 1 failed, 1 skipped")
        self.assertEqual(found.failed, [("unit: b", "broke")])
        self.assertEqual(found.skipped, [("unit: c", "no vsock here")])

    def test_a_test_that_could_not_start_or_is_disabled_is_a_failure(self):
        self.assertEqual(self.read(PASSED, NOT_STARTED, DISABLED).line(), "1 passed, 2 failed, 0 skipped")

    def test_no_test_at_all_is_a_failure(self):
        self.assertEqual(self.read().line(), "0 passed, 1 failed, 0 skipped")

    def test_a_missing_result_file_is_a_failure(self):
        self.assertEqual(results.read_junit("/nonexistent.xml", "unit").line(), "0 passed, 1 failed, 0 skipped")

    def test_the_last_line_is_the_sum(self):
        total = results.Results()
        total.add(self.read(PASSED, SKIPPED))
        total.add(results.failure("build asan", "error: x"))
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            results.tell(total)
        lines = output.getvalue().splitlines()
        self.assertEqual(lines[-1], "1 passed, 1 failed, 1 skipped")
        self.assertIn("skipped unit: c: no vsock here", lines)
        self.assertIn("FAILED build asan", lines)

    def test_a_test_that_says_that_it_did_not_run_has_not_passed(self):
        said = PASSED.replace("fine", "  SKIPPED: no port here\nfine")
        self.assertEqual(self.read(said, PASSED).line(), "1 passed, 0 failed, 1 skipped")


class CTest(unittest.TestCase):
    """CTest itself, with the property that every test here has."""

    def test_what_fails_after_it_announced_a_skip_has_failed(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "CTestTestfile.cmake"), "w", encoding="utf-8") as file:
                for name, status in (("skips", 4), ("breaks", 1), ("dies", "$(kill -ABRT $$)")):
                    file.write(f"add_test({name} sh -c [[echo 'SKIPPED: no port'; exit {status}]])\n"
                               f"set_tests_properties({name} PROPERTIES SKIP_RETURN_CODE 4)\n")
            junit = os.path.join(folder, "results.xml")
            subprocess.run(["ctest", "--test-dir", folder, "--output-junit", junit], check=False, capture_output=True)
            found = results.read_junit(junit, "unit")
        self.assertEqual(found.line(), "0 passed, 2 failed, 1 skipped")
        self.assertEqual(found.skipped, [("unit: skips", "no port")])


if __name__ == "__main__":
    unittest.main()
