// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "old_group.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <variant>

#include "libservergroup/src/old_messages.hpp"
#include "wire/text.hpp"

namespace vnf::libservergroup {
namespace {

constexpr std::size_t longest_text = 65535;
thread_local std::array<char, 400> last_error{};

}  // namespace

int OldGroup::fail(std::string_view text) {
    const std::string clean = wire::clean_utf8(text, last_error.size() - 1);
    last_error.fill('\0');
    clean.copy(last_error.data(), last_error.size() - 1);
    return -1;
}

char* OldGroup::error() {
    return last_error.data();
}

int OldGroup::system_failure(std::string_view what, int system_error) {
    std::array<char, 128> buffer{};
    return fail(std::string(what) + ": " + ::strerror_r(system_error, buffer.data(), buffer.size()));
}

int OldGroup::init(const OldCallbacks& callbacks) {
    OldSocket fresh;
    if (const int error = fresh.bind(); error != 0)
        return system_failure("unable to bind socket", error);
    const Lock lock(mutex_);
    socket_ = std::move(fresh);
    callbacks_ = callbacks;
    return socket_.get();
}

// ---- to the host ----

int OldGroup::send(const wire::GroupRequest& request) {
    if (!socket_.is_open())
        return fail("server group is not initialised");
    const int error = socket_.send(request_datagram(request));
    return error == 0 ? 0 : system_failure("failed to send msg", error);
}

int OldGroup::broadcast(const char* text) {
    if (text == nullptr)
        return fail("no message to broadcast");
    const auto checked = wire::BroadcastText::of({text, ::strnlen(text, wire::broadcast_limit + 1)});
    if (const auto* refusal = std::get_if<wire::BroadcastRefusal>(&checked))
        return fail("message refused: " + std::string(wire::to_string(*refusal)));
    const Lock lock(mutex_);
    return send(wire::Broadcast{std::get<wire::BroadcastText>(checked)});
}

int OldGroup::request_status() {
    const Lock lock(mutex_);
    ++seq_;
    is_asked_ = true;
    list_.clear();
    left_out_ = 0;
    return send(wire::StatusQuery{static_cast<std::int32_t>(seq_), false});
}

// ---- from the host ----

int OldGroup::process() {
    Lock lock(mutex_);
    if (!socket_.is_open())
        return fail("server group is not initialised");
    const Datagram datagram = socket_.receive();
    switch (datagram.kind) {
        case Datagram::Kind::Nothing:
            return 0;
        case Datagram::Kind::Broken:
            return system_failure("failed to read socket", datagram.system_error);
        case Datagram::Kind::Empty:
            return fail("got an empty msg");
        case Datagram::Kind::Truncated:
            return fail("got a msg that is too long");
        case Datagram::Kind::Foreign:
            return fail("got a msg that is not the agent's");
        case Datagram::Kind::Message:
            break;
    }
    auto event = read_datagram(datagram.bytes);
    if (const auto* why = std::get_if<std::string>(&event))
        return fail(*why);
    return std::visit([this, &lock](auto& one) { return handle(one, lock); },
                      std::get<wire::GroupEvent>(event));
}

/// A done without a request was a list of its own to the old library (B-17).
bool OldGroup::is_current(std::int32_t seq) const {
    return is_asked_ && static_cast<std::uint32_t>(seq) == seq_;
}

int OldGroup::handle(const wire::StatusResponse& response, Lock&) {
    if (!is_current(response.seq))
        return fail("got a status response with an unexpected seq");
    const std::string entry = response.entry.as_old_text();
    const std::size_t brackets_and_comma = list_.empty() ? 2 : 3;
    if (left_out_ != 0 || list_.size() + entry.size() + brackets_and_comma > longest_list) {
        ++left_out_;
        return 0;
    }
    if (!list_.empty())
        list_ += ',';
    list_ += entry;
    return 0;
}

int OldGroup::handle(const wire::StatusDone& done, Lock& lock) {
    if (!is_current(done.seq))
        return fail("got a status response done with an unexpected seq");
    // Everything is as new before the callback, so that a request inside it is one (B-17).
    std::string list = "[" + std::exchange(list_, {}) + "]";
    const std::size_t left_out = std::exchange(left_out_, 0);
    is_asked_ = false;
    ++seq_;
    if (left_out != 0)
        fail("status list cut at 65535 bytes: " + std::to_string(left_out) + " members left out");
    const auto tell = callbacks_.status;
    const libhandle::Unlocked unlocked(lock);
    if (tell != nullptr)
        tell(list.data(), static_cast<unsigned short>(list.size()));
    return 0;
}

int OldGroup::handle(wire::GroupNotification& notification, Lock& lock) {
    std::string text = notification.body.as_old_text();
    if (text.size() > longest_text)
        return fail("got a notification that is too long");
    const auto tell = callbacks_.notification;
    const libhandle::Unlocked unlocked(lock);
    if (tell != nullptr)
        tell(text.data(), static_cast<unsigned short>(text.size()));
    return 0;
}

int OldGroup::handle(wire::GroupBroadcast& broadcast, Lock& lock) {
    if (broadcast.text.size() > longest_text)
        return fail("got a broadcast that is too long");
    const auto tell = callbacks_.broadcast;
    const libhandle::Unlocked unlocked(lock);
    if (tell != nullptr)
        tell(broadcast.source_instance.data(), broadcast.text.data(),
             static_cast<unsigned short>(broadcast.text.size()));
    return 0;
}

int OldGroup::handle(const wire::GroupNack& nack, Lock&) {
    return fail("nack received, msg type: " + nack.orig_msg_type + ", log msg: " + nack.log);
}

/// Only for peers that asked to be told, which the old library never did.
int OldGroup::handle(const wire::GroupGap&, Lock&) {
    return 0;
}

}  // namespace vnf::libservergroup
