// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Reads a file of tests/vectors: blocks of lines with an empty line between them, comments begin with '#'.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vnf::test {

/// One block: the first line says who sends, the others are as the file's head explains.
struct Vector {
    std::string sender;
    std::vector<std::string> lines;
};

/// Fails the test case if there is no such file or it has no vector.
std::vector<Vector> read_vectors(const std::string& name);

/// The vectors of one sender.
std::vector<Vector> read_vectors(const std::string& name, std::string_view sender);

/// "46 44 ..." over several lines; the last line, which is the meaning, is left out.
std::string bytes_of(const Vector& vector);

/// The lines of any text file of the tree.
std::vector<std::string> read_text(const std::string& path);

/// The indented lines of docs/protocol.md, without their indentation.
std::string protocol_quotes();
/// docs/protocol.md quotes each vector of the file, from its sender to its meaning.
void check_quoted(const std::string& name);

}  // namespace vnf::test
