// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The request half of api_documents: one small reader of flat JSON objects, and a function for each request.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "host-agent/api_documents.hpp"

namespace vnf::host {

namespace json = boost::json;

namespace {

using runtime::Milliseconds;

constexpr std::int64_t longest_timeout = 3600000;
constexpr std::size_t longest_reason = 223;

/// Reads keys of one object; keeps the first thing that is wrong.
class Body {
  public:
    explicit Body(std::string_view text) {
        if (text.empty()) {
            return;
        }
        boost::system::error_code error;
        json::parse_options options;
        options.max_depth = 4;
        json::value value = json::parse(text, error, {}, options);
        if (error || !value.is_object()) {
            fail("the body must be a JSON object");
        } else {
            object_ = std::move(value.get_object());
        }
    }

    std::optional<std::string> text(std::string_view key, std::size_t longest) {
        const json::value* value = take(key);
        if (value == nullptr) {
            return std::nullopt;
        }
        if (!value->is_string() || value->get_string().size() > longest) {
            fail(std::string(key) + " must be a text of at most " + std::to_string(longest) + " bytes");
            return std::nullopt;
        }
        const std::string_view held = value->get_string();
        if (std::any_of(held.begin(), held.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
            fail(std::string(key) + " must not have control characters");
            return std::nullopt;
        }
        return std::string(held);
    }

    std::optional<std::int64_t> number(std::string_view key, std::int64_t lowest, std::int64_t highest) {
        const json::value* value = take(key);
        if (value == nullptr) {
            return std::nullopt;
        }
        if (!value->is_int64() || value->get_int64() < lowest || value->get_int64() > highest) {
            fail(fmt::format("{} must be a whole number, {}..{}", key, lowest, highest));
            return std::nullopt;
        }
        return value->get_int64();
    }

    /// Nothing if it is absent or something else.
    std::optional<std::vector<std::int64_t>> numbers(std::string_view key) {
        const json::value* value = take(key);
        if (value == nullptr || !value->is_array()) {
            return std::nullopt;
        }
        std::vector<std::int64_t> numbers;
        for (const json::value& one : value->get_array()) {
            numbers.push_back(one.is_int64() ? one.get_int64() : -1);
        }
        return numbers;
    }

    /// Every key is the writer's own, every value a number.
    std::vector<std::pair<std::string, double>> all_numbers() {
        std::vector<std::pair<std::string, double>> numbers;
        for (const auto& member : object_) {
            taken_.insert(member.key());
            if (member.value().is_number()) {
                numbers.emplace_back(member.key(), member.value().to_number<double>());
            } else {
                fail("\"" + std::string(member.key()) + "\" must be a number");
            }
        }
        return numbers;
    }

    void fail(std::string what) {
        if (error_.text.empty()) {
            error_.text = std::move(what);
        }
    }

    /// To be asked last: also an unknown key is wrong.
    const BodyError* wrong() {
        for (const auto& member : object_) {
            if (!taken_.contains(member.key())) {
                fail("unknown key \"" + std::string(member.key()) + "\"");
            }
        }
        return error_.text.empty() ? nullptr : &error_;
    }

  private:
    const json::value* take(std::string_view key) {
        taken_.insert(key);
        return object_.if_contains(key);
    }

    json::object object_;
    std::set<std::string_view> taken_;
    BodyError error_;
};

constexpr std::string_view event_words =
    "stop, reboot, suspend, pause, unpause, resume, resize_begin, resize_end, live_migrate_begin, "
    "live_migrate_end, "
    "cold_migrate_begin, cold_migrate_end";

}  // namespace

std::variant<ActionRequest, BodyError> read_action_request(std::string_view text,
                                                           wire::Notification notification,
                                                           const std::string& default_origin) {
    Body body(text);
    ActionRequest request;
    request.notification = notification;
    const auto event = wire::event_of(body.text("event", 63).value_or(std::string()));
    if (!event || *event == wire::Event::Unknown) {
        body.fail("event must be one of " + std::string(event_words));
    }
    request.event = event.value_or(wire::Event::Unknown);
    if (const auto timeout = body.number("timeout_ms", 1, longest_timeout)) {
        request.timeout = Milliseconds(*timeout);
    }
    request.origin = body.text("origin", wire::origin_limit).value_or(default_origin);
    if (const BodyError* wrong = body.wrong()) {
        return *wrong;
    }
    return request;
}

std::variant<CancelRequest, BodyError> read_cancel_request(std::string_view text, const std::string& origin) {
    Body body(text);
    CancelRequest request{body.text("reason", longest_reason).value_or("cancelled by " + origin)};
    if (const BodyError* wrong = body.wrong()) {
        return *wrong;
    }
    return request;
}

std::variant<GuestSpec, BodyError> read_guest_request(std::string_view text) {
    Body body(text);
    GuestSpec spec;
    spec.origin = GuestOrigin::Api;
    spec.id = body.text("id", 64).value_or(std::string());
    if (!is_instance_id(spec.id)) {
        body.fail("id must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'");
    }
    auto address = runtime::parse_port_address(body.text("socket", 4096).value_or(std::string()));
    if (const auto* wrong = std::get_if<std::string>(&address)) {
        body.fail("socket: " + *wrong);
    } else {
        spec.socket = std::get<runtime::PortAddress>(std::move(address));
    }
    spec.qmp = body.text("qmp", 4096).value_or(std::string());
    if (!spec.qmp.empty() && spec.qmp.front() != '/') {
        body.fail("qmp must be an absolute path");
    }
    if (const BodyError* wrong = body.wrong()) {
        return *wrong;
    }
    return spec;
}

std::variant<bool, BodyError> read_reporting_request(std::string_view text) {
    Body body(text);
    const std::string wanted = body.text("reporting", 16).value_or(std::string());
    if (wanted != "enabled" && wanted != "disabled") {
        body.fail("reporting must be enabled or disabled");
    }
    if (const BodyError* wrong = body.wrong()) {
        return *wrong;
    }
    return wanted == "enabled";
}

std::variant<std::string, BodyError> read_join_request(std::string_view text) {
    Body body(text);
    std::string name = body.text("name", 255).value_or(std::string());
    if (!name.empty() && !wire::SourceInstance::of(name)) {
        body.fail("name must be 1 to 25 bytes of printable text, as JSON escapes it");
    }
    if (const BodyError* wrong = body.wrong()) {
        return *wrong;
    }
    return name;
}

std::variant<MemberChange, BodyError> read_event_request(std::string_view text) {
    Body body(text);
    std::string word = body.text("event", 63).value_or(std::string());
    std::replace(word.begin(), word.end(), '-', '_');
    const auto event = requested_event(word);
    if (!event) {
        body.fail("event must be one of " + requested_event_words());
    }
    std::string cause = body.text("cause", longest_reason).value_or(std::string());
    if (const BodyError* wrong = body.wrong()) {
        return *wrong;
    }
    return MemberChange{*event, std::move(cause)};
}

// ---- scaling -------------------------------------------------------------------------------------------

std::variant<ScaleTask, BodyError> read_scale_request(std::string_view text) {
    Body body(text);
    const std::string direction = body.text("direction", 16).value_or(std::string());
    if (direction != "up" && direction != "down") {
        body.fail("direction must be up or down");
    }
    if (const BodyError* wrong = body.wrong()) {
        return *wrong;
    }
    return direction == "up" ? ScaleTask::Up : ScaleTask::Down;
}

std::variant<wire::CpuSet, BodyError> read_offline_request(std::string_view text) {
    Body body(text);
    wire::CpuSet offline;
    const auto numbers = body.numbers("offline_cpus");
    if (!numbers) {
        body.fail("offline_cpus must be an array of whole numbers, 0..4095");
    }
    for (const std::int64_t number : numbers.value_or(std::vector<std::int64_t>())) {
        if (const auto cpu = wire::Cpu::of(number)) {
            offline.insert(*cpu);
        } else {
            body.fail("offline_cpus must be an array of whole numbers, 0..4095");
        }
    }
    if (const BodyError* wrong = body.wrong()) {
        return *wrong;
    }
    return offline;
}

std::variant<wire::MetricValues, BodyError> read_metrics_request(std::string_view text) {
    Body body(text);
    wire::MetricValues values;
    for (const auto& [key, number] : body.all_numbers()) {
        const auto name = wire::MetricName::of(key);
        if (!name) {
            body.fail("\"" + key + "\" is no metric's name");
        } else if (const auto refused = values.set(*name, number)) {
            body.fail(key + ": " + std::string(to_string(*refused)));
        }
    }
    if (const BodyError* wrong = body.wrong()) {
        return *wrong;
    }
    return values;
}

}  // namespace vnf::host
