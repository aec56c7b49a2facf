// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See qmp_dialogue.hpp.
#include "host-agent/qmp_dialogue.hpp"

#include <boost/json.hpp>

namespace vnf::host {

namespace json = boost::json;

namespace {

QmpDialogue::Step failed(std::string_view what) {
    return {{}, QmpDialogue::Answer{RunState::Unknown, std::string(what)}};
}

/// The words are QEMU's own, but they are cut: they end in logs.
QmpDialogue::Step status(const json::object& message) {
    const json::value* result = message.if_contains("return");
    const json::object* fields = result != nullptr ? result->if_object() : nullptr;
    const json::value* text = fields != nullptr ? fields->if_contains("status") : nullptr;
    const json::value* running = fields != nullptr ? fields->if_contains("running") : nullptr;
    if (text == nullptr || running == nullptr || !text->is_string() || !running->is_bool()) {
        return failed("query-status was not answered");
    }
    const std::string_view word_of_qemu = std::string_view(text->get_string()).substr(0, 32);
    return {{},
            QmpDialogue::Answer{run_state_of(word_of_qemu, running->get_bool()), std::string(word_of_qemu)}};
}

}  // namespace

QmpDialogue::Step QmpDialogue::take(std::string_view line) {
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = 8;
    const json::value value = json::parse(line, error, {}, options);
    const json::object* message = error ? nullptr : value.if_object();
    if (message == nullptr) {
        return failed("not a QMP answer");
    }
    if (message->contains("event")) {
        return {};
    }
    if (message->contains("error")) {
        return failed("refused by QMP");
    }
    switch (waiting_) {
        case Waiting::Greeting:
            if (!message->contains("QMP")) {
                return failed("no QMP greeting");
            }
            waiting_ = Waiting::Capabilities;
            return {"{\"execute\":\"qmp_capabilities\"}\n", std::nullopt};
        case Waiting::Capabilities:
            waiting_ = Waiting::Status;
            return {"{\"execute\":\"query-status\"}\n", std::nullopt};
        case Waiting::Status:
            return status(*message);
    }
    return {};
}

RunState run_state_of(std::string_view qemu_status, bool running) {
    if (running) {
        return RunState::Running;
    }
    return qemu_status == "guest-panicked" || qemu_status == "internal-error" ? RunState::Failed
                                                                              : RunState::NotRunning;
}

std::string_view word(RunState state) {
    switch (state) {
        case RunState::Running:
            return "running";
        case RunState::NotRunning:
            return "not_running";
        case RunState::Failed:
            return "failed";
        case RunState::Unknown:
            return "unknown";
    }
    return "unknown";
}

}  // namespace vnf::host
