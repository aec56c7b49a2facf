// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Paths are relative to the root of the tree, where CTest starts the tests.
#include "tests/wire/vector_file.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

namespace vnf::test {

std::vector<std::string> read_text(const std::string& path) {
    std::ifstream file(path);
    REQUIRE(file.is_open());
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line);
    }
    return lines;
}

std::vector<Vector> read_vectors(const std::string& name) {
    std::vector<Vector> vectors;
    bool between = true;
    for (const auto& line : read_text("tests/vectors/" + name)) {
        if (line.starts_with('#')) {
            continue;
        }
        if (line.empty()) {
            between = true;
        } else if (between) {
            vectors.push_back({line, {}});
            between = false;
        } else {
            vectors.back().lines.push_back(line);
        }
    }
    REQUIRE_FALSE(vectors.empty());
    return vectors;
}

std::vector<Vector> read_vectors(const std::string& name, std::string_view sender) {
    auto vectors = read_vectors(name);
    std::erase_if(vectors, [sender](const Vector& vector) { return vector.sender != sender; });
    REQUIRE_FALSE(vectors.empty());
    return vectors;
}

std::string bytes_of(const Vector& vector) {
    REQUIRE(vector.lines.size() >= 2);
    std::string bytes;
    for (auto line = vector.lines.begin(); line + 1 != vector.lines.end(); ++line) {
        std::istringstream words(*line);
        for (std::string hex; words >> hex;) {
            bytes += static_cast<char>(std::stoi(hex, nullptr, 16));
        }
    }
    return bytes;
}

std::string protocol_quotes() {
    std::string quoted;
    for (const auto& line : read_text("docs/protocol.md")) {
        if (line.starts_with("    ")) {
            quoted += line.substr(4) + "\n";
        }
    }
    return quoted;
}

void check_quoted(const std::string& name) {
    const std::string quoted = protocol_quotes();
    for (const auto& vector : read_vectors(name)) {
        std::string block = vector.sender + "\n";
        for (const auto& line : vector.lines) {
            block += line + "\n";
        }
        CAPTURE(block);
        CHECK(quoted.find(block) != std::string::npos);
    }
}

}  // namespace vnf::test
