// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How groups lie in etcd (docs/host-agent.md shows it): readable JSON under readable keys, so that
// `etcdctl watch --prefix` is a debugging tool. BASE is PREFIX/SITE/.
//
//   BASE hosts/HOST                     {"run":R}                        a living agent
//   BASE groups/GROUP/members/NAME      {"host":HOST,"run":R,"entry":{...}}   a member and its status
//   BASE groups/GROUP/mail/HOST         {"host":HOST,"run":R,"n":N,"mail":[...]}  what that host's members said last
//   BASE store                          the identity of the store
//
// Mail is overwritten by the next: its history is the watch's, and N, the number of the first item, goes on, so that a
// reader sees what it missed. All but `store` is under the host's lease. A run is one life of an agent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wire/json_text.hpp"
#include "wire/server_group_message.hpp"

namespace vnf::host {

struct HostKey {
    std::string host;
};
struct MemberStoreKey {
    std::string group;
    wire::SourceInstance name;
};
struct MailKey {
    std::string group, host;
};
using GroupStoreKey = std::variant<std::monostate, HostKey, MemberStoreKey, MailKey>;

std::string host_key(const std::string& base, const std::string& host);
std::string member_key(const std::string& base, const std::string& group, const wire::SourceInstance& name);
std::string mail_key(const std::string& base, const std::string& group, const std::string& host);
/// monostate: none of these.
GroupStoreKey parse_group_key(const std::string& base, std::string_view key);

struct MemberValue {
    std::string host, run;
    wire::JsonText entry;
};
struct MailItem {
    std::string subject;  ///< the member that said it, or that it is about
    bool gone = false;    ///< the subject has left with it
    wire::GroupEvent event;
};
struct MailValue {
    std::string host, run;
    std::uint64_t first = 0;  ///< the number of the first item; they count from 1
    std::vector<MailItem> items;
};

std::string encode_host_value(const std::string& run);
std::string encode_member_value(const std::string& host, const std::string& run, const wire::JsonText& entry);
/// Each item is a JSON object, made by the four below.
std::string encode_mail_value(const std::string& host, const std::string& run, std::uint64_t first,
                              const std::vector<std::string>& items);
std::string encode_broadcast_item(const wire::SourceInstance& from, const wire::BroadcastText& text);
std::string encode_notice_item(const wire::SourceInstance& about, const wire::JsonText& body);
std::string encode_farewell_item(const wire::SourceInstance& about, const wire::JsonText& body);

/// Says that so many messages had no room on their way.
std::string encode_lost_item(std::uint32_t messages);

/// Nothing for what is not of this form; unknown keys are ignored. An item that says that messages are lost is read as
/// GroupGap, one that can't be read as GroupGap of 0.
std::optional<MemberValue> parse_member_value(std::string_view text);
std::optional<MailValue> parse_mail_value(std::string_view text);

}  // namespace vnf::host
