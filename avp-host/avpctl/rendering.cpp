// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See rendering.hpp.
#include "avp-host/avpctl/rendering.hpp"

#include <boost/json.hpp>
#include <vector>

#include "runtime/text_table.hpp"

namespace vnf::avpctl {
namespace {

namespace json = boost::json;
using Rows = std::vector<std::vector<std::string>>;

std::string plain(const json::value& value) {
    if (value.is_null())
        return "-";
    if (value.is_string())
        return runtime::printable(value.get_string());
    if (!value.is_array())
        return runtime::printable(json::serialize(value));
    std::string all;
    for (const json::value& one : value.get_array())
        all += (all.empty() ? "" : ", ") + plain(one);
    return all.empty() ? "-" : all;
}

/// The field at a JSON pointer.
std::string at(const json::value& document, std::string_view pointer) {
    boost::system::error_code missing;
    const json::value* value = document.find_pointer(pointer, missing);
    return value == nullptr ? "-" : plain(*value);
}

const json::array& array_at(const json::value& document, std::string_view pointer) {
    static const json::array none;
    boost::system::error_code missing;
    const json::value* value = document.find_pointer(pointer, missing);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

/// The switch with the port's VLANs there, or the other port.
std::string behind(const json::value& port) {
    const std::string on = at(port, "/behind/switch");
    return on == "-" ? at(port, "/behind/port") : on + " (" + at(port, "/behind/vlans") + ")";
}

std::uint64_t sum_of(const json::value& port, std::string_view pointer) {
    boost::system::error_code missing;
    const json::value* counts = port.find_pointer(pointer, missing);
    std::uint64_t sum = 0;
    if (counts != nullptr && counts->is_object()) {
        for (const auto& member : counts->get_object()) {
            if (member.value().is_number())
                sum += member.value().to_number<std::uint64_t>(missing);
        }
    }
    return sum;
}

/// All numbers of an object that are not 0, and the same of what is in it, with their paths.
void append_counters(Rows& rows, const std::string& port, const std::string& path, const json::value& value) {
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object)
            append_counters(rows, port, path + (path.empty() ? "" : ".") + std::string(member.key()),
                            member.value());
    } else if (const auto* array = value.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i)
            append_counters(rows, port, path + "." + std::to_string(i), (*array)[i]);
    } else if (value.is_number() && value.to_number<double>() != 0 && !path.ends_with(".queue")) {
        rows.push_back({port, path, plain(value)});
    }
}

void append_port(Rows& rows, const json::value& port) {
    for (const char* counts : {"frames_from", "bytes_from", "frames_to", "dropped", "device", "counters"}) {
        if (const json::value* found = port.as_object().if_contains(counts))
            append_counters(rows, at(port, "/name"), counts, *found);
    }
}

void append_values(std::string& text, const std::string& prefix, const json::value& value) {
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object)
            append_values(text, prefix + (prefix.empty() ? "" : ".") + std::string(member.key()),
                          member.value());
        return;
    }
    const auto* array = value.if_array();
    if (array == nullptr || array->empty() || !array->front().is_object()) {
        text += prefix + ": " + plain(value) + '\n';
        return;
    }
    for (std::size_t i = 0; i < array->size(); ++i)
        append_values(text, prefix + "." + std::to_string(i), (*array)[i]);
}

Rows port_rows(const json::array& ports) {
    Rows rows{{"NAME", "KIND", "BEHIND", "STATE", "LINK", "DRIVER", "QUEUES", "FROM", "TO", "DROPPED"}};
    for (const json::value& port : ports) {
        if (!port.is_object())
            continue;
        const std::string driver = at(port, "/guest/driver");
        const std::string queues =
            driver == "-" ? "-" : at(port, "/guest/tx_queues") + "+" + at(port, "/guest/rx_queues");
        rows.push_back({at(port, "/name"), at(port, "/kind"), behind(port), at(port, "/state"),
                        at(port, "/link"), driver, queues, at(port, "/frames_from"), at(port, "/frames_to"),
                        std::to_string(sum_of(port, "/dropped"))});
    }
    return rows;
}

}  // namespace

std::string ports_table(const json::value& answer) {
    return runtime::text_table(port_rows(array_at(answer, "/ports")));
}

std::string port_line(const json::value& answer) {
    return runtime::text_table(port_rows({answer}));
}

std::string counters_list(const json::value& answer) {
    Rows rows{{"NAME", "COUNTER", "VALUE"}};
    const json::array& ports = array_at(answer, "/ports");
    for (const json::value& port : ports) {
        if (port.is_object())
            append_port(rows, port);
    }
    if (ports.empty() && answer.is_object())
        append_port(rows, answer);
    return runtime::text_table(rows);
}

std::string switches_table(const json::value& answer) {
    Rows rows{{"NAME", "ADDRESSES", "MOVED", "REFUSED", "PORTS"}};
    for (const json::value& one : array_at(answer, "/switches"))
        rows.push_back({at(one, "/name"), at(one, "/addresses"), at(one, "/moved_addresses"),
                        at(one, "/refused_addresses"), at(one, "/ports")});
    return runtime::text_table(rows);
}

std::string macs_table(const json::value& answer) {
    Rows rows{{"VLAN", "MAC", "PORT", "AGE"}};
    for (const json::value& one : array_at(answer, "/learnt"))
        rows.push_back({at(one, "/vlan"), at(one, "/mac"), at(one, "/port"), at(one, "/age_s") + " s"});
    for (const json::value& one : array_at(answer, "/own"))
        rows.push_back({"any", at(one, "/mac"), at(one, "/port"), "its own"});
    return runtime::text_table(rows);
}

std::string migration_text(const json::value& answer) {
    return at(answer, "/name") + ": " + at(answer, "/migration") + ", " + at(answer, "/state") + '\n';
}

std::string restarted_text(const json::value& answer) {
    return "restarted: version " + at(answer, "/version") + ", process " + at(answer, "/pid") + '\n';
}

std::string field_text(const json::value& answer, std::string_view pointer) {
    return at(answer, pointer);
}

std::string value_list(const json::value& answer) {
    std::string text;
    append_values(text, {}, answer);
    return text;
}

std::string error_text(std::string_view body) {
    boost::system::error_code error;
    const json::value value = json::parse(body, error);
    if (error || at(value, "/error/code") == "-")
        return runtime::printable(body);
    return at(value, "/error/code") + ": " + at(value, "/error/message");
}

}  // namespace vnf::avpctl
