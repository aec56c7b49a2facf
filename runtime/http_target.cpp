// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Percent-decoding and query splitting. The length is bounded by the head of the request.
#include "runtime/http_target.hpp"

#include <charconv>

#include "wire/text.hpp"

namespace vnf::runtime {
namespace {

enum class Part { Path, Query };

std::optional<char> percent_code(std::string_view digits) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return static_cast<char>(value);
}

std::optional<std::string> decoded(std::string_view text, Part part) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+' && part == Part::Query) {
            result += ' ';
        } else if (text[at] != '%') {
            result += text[at];
        } else {
            const auto byte = percent_code(text.substr(at + 1, 2));
            if (!byte || (*byte == '/' && part == Part::Path))
                return std::nullopt;
            result += *byte;
            at += 2;
        }
    }
    if (!wire::is_utf8(result) || wire::has_control_character(result))
        return std::nullopt;
    return result;
}

bool add_parameter(std::string_view parameter, HttpTarget& target) {
    if (parameter.empty())
        return true;
    const std::size_t equals = parameter.find('=');
    const auto key = decoded(parameter.substr(0, equals), Part::Query);
    const auto value = decoded(equals == parameter.npos ? "" : parameter.substr(equals + 1), Part::Query);
    return key && value && target.query.emplace(*key, *value).second;
}

std::string_view without_origin(std::string_view target) {
    constexpr std::string_view scheme = "http://";
    if (!target.starts_with(scheme))
        return target;
    const std::size_t slash = target.find('/', scheme.size());
    return slash == target.npos ? "/" : target.substr(slash);
}

}  // namespace

std::optional<HttpTarget> parse_http_target(std::string_view target) {
    target = without_origin(target);
    if (!target.starts_with('/') || target.find('#') != target.npos)
        return std::nullopt;
    HttpTarget result;
    std::size_t at = target.find('?');
    const auto path = decoded(target.substr(0, at), Part::Path);
    if (!path)
        return std::nullopt;
    result.path = *path;
    while (at != target.npos) {
        const std::size_t end = target.find('&', at + 1);
        if (!add_parameter(target.substr(at + 1, end == target.npos ? end : end - at - 1), result))
            return std::nullopt;
        at = end;
    }
    return result;
}

}  // namespace vnf::runtime
