// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// YAML text as a plain tree with line numbers. Refused: anchors and aliases (a bomb's fuse), tags, a second
// document, keys that are not plain words or appear twice, deep nesting, bytes that are not UTF-8 text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vnf::runtime {

struct YamlNode {
    enum class Kind : std::uint8_t {
        Nothing,  ///< absent, empty, ~ or null
        Plain,    ///< `text`, written without quotes
        Quoted,   ///< `text`, written in quotes or as a block: never a number or boolean
        List,     ///< `items`
        Map,      ///< `keys`, and at the same place in `items` the value of each
    };
    Kind kind = Kind::Nothing;
    int line = 1;
    std::string text;
    std::vector<std::string> keys;
    std::vector<YamlNode> items;
};

/// Throws SettingsError naming `file`.
YamlNode parse_yaml(const std::string& text, const std::string& file);

/// As errors show it: in quotes, without control characters, cut.
std::string shown(const std::string& text);

}  // namespace vnf::runtime
