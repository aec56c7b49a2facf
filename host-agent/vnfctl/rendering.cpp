// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See rendering.hpp.
#include "host-agent/vnfctl/rendering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

namespace vnf::vnfctl {

namespace json = boost::json;

namespace {

using Row = std::vector<std::string>;

std::string printable(std::string_view text) {
    std::string clean(text);
    std::replace_if(
        clean.begin(), clean.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f; },
        ' ');
    return clean;
}

std::string plain(const json::value& value) {
    if (value.is_string()) {
        return printable(value.get_string());
    }
    if (value.is_double()) {
        return fmt::format("{:.3f}", value.get_double());
    }
    if (value.is_null()) {
        return "-";
    }
    if (value.is_array()) {
        std::string all;
        for (const json::value& one : value.get_array()) {
            all += (all.empty() ? "" : ", ") + plain(one);
        }
        return all;
    }
    return json::serialize(value);
}

std::string field(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? std::string() : plain(*value);
}

std::string age(const json::object& object) {
    const json::value* value = object.if_contains("in_state_ms");
    if (value == nullptr || !value->is_int64()) {
        return {};
    }
    const std::int64_t seconds = value->get_int64() / 1000;
    return seconds < 120 ? fmt::format("{} s", seconds) : fmt::format("{} min", seconds / 60);
}

/// All rows have as many columns as the first.
std::string table(const std::vector<Row>& rows) {
    const std::size_t columns = rows.front().size();
    std::vector<std::size_t> width(columns);
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < columns; ++i) {
            width[i] = std::max(width[i], row[i].size());
        }
    }
    std::string text;
    for (const Row& row : rows) {
        for (std::size_t i = 0; i + 1 < columns; ++i) {
            text += fmt::format("{:<{}}  ", row[i], width[i]);
        }
        text += row[columns - 1] + '\n';
    }
    return text;
}

void append_values(std::string& text, const std::string& prefix, const json::object& object) {
    for (const auto& member : object) {
        const std::string key = prefix + std::string(member.key());
        if (member.value().is_object()) {
            append_values(text, key + ".", member.value().get_object());
        } else {
            text += fmt::format("{}: {}\n", key, plain(member.value()));
        }
    }
}

/// The objects of an array member.
std::vector<const json::object*> objects(const json::value& answer, std::string_view key) {
    std::vector<const json::object*> found;
    const json::object* object = answer.if_object();
    const json::value* list = object != nullptr ? object->if_contains(key) : nullptr;
    if (list != nullptr && list->is_array()) {
        for (const json::value& one : list->get_array()) {
            if (const json::object* element = one.if_object()) {
                found.push_back(element);
            }
        }
    }
    return found;
}

std::string inner_field(const json::object& object, std::string_view outer, std::string_view key) {
    const json::value* value = object.if_contains(outer);
    return value != nullptr && value->is_object() ? field(value->get_object(), key) : "-";
}

}  // namespace

std::string groups_table(const json::value& answer) {
    std::vector<Row> rows{{"ID", "GROUP", "NAME", "STATE", "CONNECTED", "MESSAGES", "MISSED", "TROUBLE"}};
    for (const json::object* guest : objects(answer, "guests")) {
        rows.push_back({field(*guest, "id"), field(*guest, "group"), field(*guest, "name"),
                        field(*guest, "state"), inner_field(*guest, "messaging", "connected"),
                        inner_field(*guest, "messaging", "messages"),
                        inner_field(*guest, "messaging", "missed"), field(*guest, "trouble")});
    }
    std::string text = table(rows);
    for (const json::object* group : objects(answer, "groups")) {
        text += fmt::format("{}: {}\n", field(*group, "name"), field(*group, "members"));
    }
    const json::object* object = answer.if_object();
    return text + fmt::format("engine: {}\n", object != nullptr ? field(*object, "engine") : "");
}

std::string group_table(const json::value& answer) {
    std::vector<Row> rows{{"NAME", "HOST", "ID", "CONNECTED", "STATE", "TASK"}};
    for (const json::object* member : objects(answer, "members")) {
        rows.push_back({field(*member, "name"), field(*member, "host"), field(*member, "id"),
                        field(*member, "connected"), inner_field(*member, "status", "state"),
                        inner_field(*member, "status", "state_description")});
    }
    return table(rows);
}

std::string instances_table(const json::value& answer) {
    std::vector<Row> rows{{"ID", "STATE", "FOR", "HEALTH", "INTERVAL", "REPORTING", "NAME"}};
    const json::object* object = answer.if_object();
    const json::value* list = object != nullptr ? object->if_contains("instances") : nullptr;
    if (list != nullptr && list->is_array()) {
        for (const json::value& one : list->get_array()) {
            if (const json::object* guest = one.if_object()) {
                rows.push_back({field(*guest, "id"), field(*guest, "state"), age(*guest),
                                field(*guest, "health"), field(*guest, "interval_ms") + " ms",
                                field(*guest, "reporting"), field(*guest, "name")});
            }
        }
    }
    return table(rows);
}

std::string value_list(const json::value& answer) {
    std::string text;
    if (const json::object* object = answer.if_object()) {
        append_values(text, {}, *object);
    }
    return text;
}

std::string outcome_text(const json::value& answer) {
    const json::object* object = answer.if_object();
    if (object == nullptr) {
        return "no outcome\n";
    }
    std::string text = fmt::format("{} {} of {}: {}, {} ({} ms)\n", field(*object, "event"),
                                   field(*object, "notification") == "revocable" ? "vote" : "notification",
                                   field(*object, "id"), field(*object, "result"),
                                   field(*object, "allowed") == "true" ? "allowed" : "not allowed",
                                   field(*object, "latency_ms"));
    const json::value* reasons = object->if_contains("reasons");
    if (reasons != nullptr && reasons->is_array()) {
        for (const json::value& reason : reasons->get_array()) {
            text += "  " + plain(reason) + '\n';
        }
    }
    return text;
}

std::string scaled_text(const json::value& answer) {
    const json::object* object = answer.if_object();
    if (object == nullptr) {
        return "no outcome\n";
    }
    const std::string cpu = field(*object, "cpu");
    std::string text =
        fmt::format("{} of {}: {}{}, online: {} ({} ms)\n", field(*object, "direction"), field(*object, "id"),
                    field(*object, "result"), cpu == "-" ? std::string() : ", vCPU " + cpu,
                    field(*object, "online_cpus"), field(*object, "latency_ms"));
    if (const std::string reason = field(*object, "reason"); !reason.empty()) {
        text += fmt::format("  {}: {}\n", field(*object, "code"), reason);
    }
    if (field(*object, "diverged") == "true") {
        text += fmt::format("  diverged: the guest has {}\n", field(*object, "guest_online_cpus"));
    }
    return text;
}

std::string event_text(std::string_view line) {
    boost::system::error_code error;
    const json::value value = json::parse(line, error);
    const json::object* event = error ? nullptr : value.if_object();
    if (event == nullptr) {
        return std::string(line) + '\n';
    }
    std::string text =
        fmt::format("{:>6} {} {} {}", field(*event, "seq"), field(*event, "time"),
                    event->contains("instance") ? field(*event, "instance") : "-", field(*event, "kind"));
    for (const auto& member : *event) {
        const std::string_view key = member.key();
        const std::string shown = plain(member.value());
        if (key != "seq" && key != "time" && key != "instance" && key != "kind" && !shown.empty()) {
            text += fmt::format(" {}={}", key, shown);
        }
    }
    return text + '\n';
}

std::string error_text(std::string_view body) {
    boost::system::error_code error;
    const json::value value = json::parse(body, error);
    const json::object* object = error ? nullptr : value.if_object();
    const json::value* inner = object != nullptr ? object->if_contains("error") : nullptr;
    if (inner == nullptr || !inner->is_object()) {
        return printable(body);
    }
    return field(inner->get_object(), "code") + ": " + field(inner->get_object(), "message");
}

}  // namespace vnf::vnfctl
