// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What holds for every line of the host channel, in either direction.
#pragma once

#include <algorithm>
#include <string_view>
#include <variant>

#include "tests/fuzz/promise.hpp"
#include "wire/heartbeat_message.hpp"

namespace vnf::fuzz {

inline std::string_view line_of(std::string_view message) {
    promise(message.size() > 2 && message.front() == '\n' && message.back() == '\n', "LF before and behind");
    message = message.substr(1, message.size() - 2);
    promise(message.find('\n') == std::string_view::npos, "one line");
    promise(message.size() <= wire::heartbeat_line_limit, "a line within the limit");
    return message;
}

/// The message that `message` is read as under `parse` once it was written.
template <typename Message, typename Parse>
Message read_back(const Message& message, wire::PeerRules rules, Parse parse) {
    const auto bytes = wire::encode(message, 1, rules);
    const auto line = line_of(bytes);
    if (rules == wire::PeerRules::OldPeer) {
        promise(bytes.size() <= wire::old_peer_message_limit, "short enough for every old peer");
        promise(std::all_of(line.begin(), line.end(),
                            [](char byte) { return byte >= 0x20 && byte < 0x7f && byte != '\\'; }),
                "plain enough for every old peer");
    }
    const auto result = parse(line);
    promise(std::holds_alternative<wire::Received<Message>>(result), "what was written can be read");
    return std::get<wire::Received<Message>>(result).message;
}

template <typename Message, typename Parse, typename IsOld>
void round_trip(std::string_view line, Parse parse, IsOld is_old) {
    const auto result = parse(line);
    if (const auto* error = std::get_if<wire::ParseError>(&result)) {
        const auto refused = wire::inspect_refused(line);
        wire::nack_text(*error, refused.msg_type);
        promise(refused.msg_type.size() <= 31, "a NACK quotes no long type");
        return;
    }
    const auto& message = std::get<wire::Received<Message>>(result).message;
    promise(read_back(message, wire::PeerRules::OurPeer, parse) == message, "ours come back as they were");
    if (is_old(message)) {
        const auto plain = read_back(message, wire::PeerRules::OldPeer, parse);
        promise(plain.index() == message.index(), "an old peer reads the same kind of message");
        promise(read_back(plain, wire::PeerRules::OldPeer, parse) == plain,
                "a plain message comes back as it was");
    }
}

}  // namespace vnf::fuzz
