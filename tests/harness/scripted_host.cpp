// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/scripted_host.hpp"

#include "tests/harness/unix_socket.hpp"

namespace vnf::harness {

ScriptedHost::ScriptedHost(Stage& stage)
    : stage_(stage), connection_(stage, [this](std::string_view bytes) { take(bytes); }) {}

void ScriptedHost::connect(const std::string& socket) {
    raw_.clear();
    lines_.forget();
    connection_.adopt(connect_unix(socket));
}

void ScriptedHost::disconnect() {
    connection_.close();
}

void ScriptedHost::take(std::string_view bytes) {
    raw_.append(bytes);
    const std::size_t before = lines_.messages().size();
    lines_.feed(bytes);
    for (std::size_t i = before; answer_init && i < lines_.messages().size(); ++i) {
        const Json& message = lines_.messages()[i];
        if (text(message, "msg_type") == "init")
            acknowledge(number(message, "invocation_id"));
    }
}

void ScriptedHost::send_line(std::string_view line) {
    send_raw("\n" + std::string(line) + "\n");
}

std::string ScriptedHost::next_header(std::string_view msg_type) {
    return R"({"version":3,"revision":1,"msg_type":")" + std::string(msg_type) + R"(","sequence":)" +
           std::to_string(++sequence_);
}

void ScriptedHost::acknowledge(std::int64_t invocation_id) {
    std::string line = next_header("init_ack") + R"(,"invocation_id":)" + std::to_string(invocation_id);
    for (std::size_t i = 0; i < capabilities.size(); ++i)
        line += (i == 0 ? R"(,"capabilities":[")" : R"(",")") + capabilities[i];
    send_line(line + (capabilities.empty() ? "}" : R"("]})"));
}

void ScriptedHost::challenge(std::int64_t value) {
    send_line(next_header("challenge") + R"(,"heartbeat_challenge":)" + std::to_string(value) + "}");
}

void ScriptedHost::notify(std::int64_t invocation_id, std::string_view event, std::string_view notification,
                          std::int64_t timeout_ms, std::string_view origin) {
    std::string line = next_header("action_notify") + R"(,"invocation_id":)" + std::to_string(invocation_id) +
                       R"(,"event_type":")" + std::string(event) + R"(","notification_type":")" +
                       std::string(notification) + R"(","timeout_ms":)" + std::to_string(timeout_ms);
    if (!origin.empty())
        line += R"(,"origin":")" + std::string(origin) + '"';
    send_line(line + "}");
}

Json ScriptedHost::expect(std::string_view msg_type, Milliseconds bound) {
    std::optional<Json> found;
    stage_.until([&] { return (found = lines_.take("msg_type", msg_type)).has_value(); },
                 std::string(msg_type) + " from the guest", bound);
    return *found;
}

Json ScriptedHost::attach(const std::string& socket) {
    connect(socket);
    Json init = expect("init");
    exchange();
    return init;
}

Json ScriptedHost::exchange() {
    const std::int64_t value = ++last_challenge_;
    challenge(value);
    while (true) {
        Json response = expect("challenge_response");
        if (number(response, "heartbeat_response") == value)
            return response;
    }
}

}  // namespace vnf::harness
