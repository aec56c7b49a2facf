# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The VNF Guest SDK Authors
"""Plants one violation of each rule in a small tree and sees it found."""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import file_rules
import include_arrows

HEAD = "// SPDX-License-Identifier: BSD-3-Clause\n// Copyright (c) 2026 The VNF Guest SDK Authors\n"
WIRE = "add_library(wire_json STATIC\n  json_fields.cpp message.cpp)\n"


class Tree:
    """A source tree in a temporary folder."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.root = folder.name
        self.write("wire/CMakeLists.txt", "# " + HEAD.replace("\n//", "\n#")[3:] + WIRE)

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


class IncludeArrows(unittest.TestCase):
    def found(self, name, include):
        tree = Tree(self)
        tree.write(name, f"{HEAD}#include {include}\n")
        return include_arrows.violations(tree.root)

    def test_what_the_table_forbids_is_found(self):
        for name, include in [
            ("wire/text.cpp", "<boost/json.hpp>"),
            ("wire/text.cpp", '"wire/json_fields.hpp"'),
            ("wire/message.hpp", "<boost/json.hpp>"),
            ("wire/message.cpp", "<boost/asio.hpp>"),
            ("wire/text.hpp", '"runtime/log.hpp"'),
            ("runtime/port.cpp", '"host-agent/api.hpp"'),
            ("runtime/port.cpp", "<CLI/CLI.hpp>"),
            ("libheartbeat/src/x.cpp", '"runtime/log.hpp"'),
            ("libheartbeat/src/x.cpp", "<boost/asio.hpp>"),
            ("libheartbeat/src/x.cpp", '"wire/message.hpp"'),
            ("libhandle/x.cpp", '"wire/message.hpp"'),
            ("libhandle/x.cpp", '"libheartbeat/src/x.hpp"'),
            ("libservergroup/src/x.cpp", '"runtime/log.hpp"'),
            ("libservergroup/src/x.cpp", '"libheartbeat/src/x.hpp"'),
            ("guest-client/x.cpp", '"host-agent/api.hpp"'),
            ("guest-client/x.cpp", '"libheartbeat/src/x.hpp"'),
            ("host-agent/x.cpp", '"guest-client/x.hpp"'),
            ("host-agent/x.cpp", "<yaml-cpp/yaml.h>"),
            ("host-agent/x.cpp", "<nlohmann/json.hpp>"),
            ("host-agent/x.cpp", '"../runtime/log.hpp"'),
            ("guest-client/x.cpp", "<vnf/heartbeat.h>"),
            ("examples/x.c", '"wire/text.hpp"'),
        ]:
            with self.subTest(file=name, include=include):
                self.assertEqual(len(self.found(name, include)), 1)

    def test_what_the_table_allows_is_not(self):
        for name, include in [
            ("wire/message.cpp", "<boost/json/src.hpp>"),
            ("wire/message.cpp", '"wire/json_fields.hpp"'),
            ("wire/text.cpp", "<string>"),
            ("runtime/port.cpp", "<sys/socket.h>"),
            ("runtime/port.cpp", '"wire/text.hpp"'),
            ("libheartbeat/src/x.cpp", '"wire/text.hpp"'),
            ("libservergroup/src/x.cpp", '"wire/message.hpp"'),
            ("libservergroup/src/x.cpp", '"libhandle/x.hpp"'),
            ("host-agent/x.cpp", '"runtime/log.hpp"'),
            ("examples/x.c", "<vnf/servergroup.h>"),
            ("examples/x.c", "<vnf/heartbeat.h>"),
            ("tests/daemon/x.cpp", "<nlohmann/json.hpp>"),
        ]:
            with self.subTest(file=name, include=include):
                self.assertEqual(self.found(name, include), [])


class FileRules(unittest.TestCase):
    def test_a_file_without_a_licence_line_is_found(self):
        tree = Tree(self)
        tree.write("a.cpp", "int a;\n")
        tree.write("b.cpp", HEAD)
        self.assertEqual([line.split(":")[0] for line in file_rules.licence_violations(tree.root)], ["a.cpp"])

    def test_a_pattern_of_reuse_toml_covers_a_file_without_comments(self):
        tree = Tree(self)
        tree.write("a.json", "{}\n")
        tree.write("REUSE.toml", "# " + HEAD.replace("//", "#")[2:] + '[[annotations]]\npath = ["*.json"]\n')
        self.assertEqual(file_rules.licence_violations(tree.root), [])

    def test_a_machine_path_is_found(self):
        tree = Tree(self)
        tree.write("a.cpp", HEAD + 'const char* where = "/' + 'home/' + 'me/x";\n')
        self.assertEqual(len(file_rules.path_violations(tree.root)), 1)

    def test_a_long_function_and_a_long_file_are_found(self):
        tree = Tree(self)
        tree.write("a.cpp", HEAD + "int f(int x) {\n" + "    x++;\n" * 79 + "    return x;\n}\n")
        tree.write("b.cpp", HEAD + "int f(int x) {\n" + "    x++;\n" * 77 + "    return x;\n}\n")
        tree.write("c.cpp", HEAD + "int x;\n" * 600)
        names = [line.split(":")[0] for line in file_rules.length_violations(tree.root)]
        self.assertEqual(names, ["a.cpp", "c.cpp"])


if __name__ == "__main__":
    unittest.main()
