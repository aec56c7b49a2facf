// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The words are metric labels: once released they do not change.
#include "wire/parse_error.hpp"

namespace vnf::wire {

std::string_view word(ParseReason reason) {
    switch (reason) {
        case ParseReason::NotJson:
            return "not_json";
        case ParseReason::Overlong:
            return "overlong";
        case ParseReason::MissingField:
            return "missing_field";
        case ParseReason::WrongType:
            return "wrong_type";
        case ParseReason::OutOfRange:
            return "out_of_range";
        case ParseReason::UnknownWord:
            return "unknown_word";
        case ParseReason::BadVersion:
            return "bad_version";
        case ParseReason::UnknownMessage:
            return "unknown_message";
        case ParseReason::BadMagic:
            return "bad_magic";
        case ParseReason::BadText:
            return "bad_text";
    }
    return "unknown";
}

std::string to_string(const ParseError& error) {
    std::string out(word(error.reason));
    if (error.reason == ParseReason::BadVersion) {
        out += ' ';
        out += std::to_string(error.value);
    } else if (!error.field.empty()) {
        out += ' ';
        out += error.field;
    }
    return out;
}

}  // namespace vnf::wire
