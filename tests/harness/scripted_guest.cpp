// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/scripted_guest.hpp"

#include <unistd.h>

#include "tests/harness/unix_socket.hpp"

namespace vnf::harness {
namespace {

std::string member(std::string_view key, std::string_view value) {
    return ",\"" + std::string(key) + "\":" + std::string(value);
}
std::string quoted(std::string_view value) {
    return boost::json::serialize(boost::json::string_view(value));
}

}  // namespace

ScriptedGuest::ScriptedGuest(Stage& stage, std::string socket)
    : Actor(stage),
      socket_(std::move(socket)),
      listener_(listen_unix(socket_)),
      connection_(stage, [this](std::string_view bytes) { take(bytes); }) {}

ScriptedGuest::~ScriptedGuest() {
    vanish();
}

void ScriptedGuest::vanish() {
    if (!listener_)
        return;
    listener_.reset();
    connection_.close();
    ::unlink(socket_.c_str());
}

void ScriptedGuest::readable() {
    FileDescriptor fd = accept_one(listener_);
    if (!fd)
        return;
    connection_.adopt(std::move(fd));
    lines_.forget();
    ++connects_;
    if (init_on_connect)
        init();
}

void ScriptedGuest::take(std::string_view bytes) {
    const std::size_t before = lines_.messages().size();
    lines_.feed(bytes);
    std::vector<Json> fresh(lines_.messages().begin() + static_cast<std::ptrdiff_t>(before),
                            lines_.messages().end());
    for (const Json& message : fresh)
        react(message);
}

void ScriptedGuest::react(const Json& message) {
    const std::string type = text(message, "msg_type");
    if (type == "challenge") {
        ++challenges_;
        if (answer_challenges)
            respond(number(message, "heartbeat_challenge"));
    } else if (type == "action_notify" && vote_answer) {
        answer(number(message, "invocation_id"), text(message, "event_type"),
               text(message, "notification_type"), *vote_answer);
    }
}

void ScriptedGuest::send(std::string_view msg_type, const std::string& members) {
    send_line(R"({"version":3,"revision":1,"msg_type":")" + std::string(msg_type) + R"(","sequence":)" +
              std::to_string(++sequence_) + members + "}");
}

void ScriptedGuest::init() {
    std::string members = member("invocation_id", std::to_string(++invocation_id_)) +
                          member("name", quoted(name)) +
                          member("heartbeat_interval_ms", std::to_string(interval_ms)) +
                          member("vote_secs", std::to_string(vote_secs)) +
                          member("shutdown_notice_secs", std::to_string(shutdown_secs)) +
                          member("suspend_notice_secs", std::to_string(suspend_secs)) +
                          member("resume_notice_secs", std::to_string(resume_secs)) +
                          member("restart_secs", std::to_string(restart_secs)) +
                          member("corrective_action", quoted(corrective_action));
    for (std::size_t i = 0; i < capabilities.size(); ++i)
        members += (i == 0 ? R"(,"capabilities":[")" : R"(",")") + capabilities[i];
    send("init", members + (capabilities.empty() ? "" : R"("])"));
}

void ScriptedGuest::respond(std::int64_t challenge) {
    send("challenge_response", member("heartbeat_response", std::to_string(challenge)) +
                                   member("heartbeat_health", quoted(health)) +
                                   member("corrective_action", quoted(health_action)) +
                                   member("log_msg", quoted(health_log)));
}

void ScriptedGuest::answer(std::int64_t invocation_id, std::string_view event, std::string_view notification,
                           std::string_view result, std::string_view log) {
    send("action_response", member("invocation_id", std::to_string(invocation_id)) +
                                member("event_type", quoted(event)) +
                                member("notification_type", quoted(notification)) +
                                member("vote_result", quoted(result)) + member("log_msg", quoted(log)));
}

Json ScriptedGuest::expect(std::string_view msg_type, Milliseconds bound) {
    std::optional<Json> found;
    stage().until([&] { return (found = lines_.take("msg_type", msg_type)).has_value(); },
                  std::string(msg_type) + " from host-agent", bound);
    return *found;
}

void ScriptedGuest::beat() {
    const std::uint64_t wanted = challenges_ + 2;  // the first one may have been on its way already
    stage().until([&] { return challenges_ >= wanted; }, "two more challenges");
}

}  // namespace vnf::harness
