// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: what an etcd endpoint answers, or what lies under our keys in it. Whatever it is, it is read or refused, and
// what is read of a member or a mail can be written and read again.
#include <string>

#include "host-agent/etcd/etcd_messages.hpp"
#include "host-agent/etcd/group_store_format.hpp"
#include "tests/fuzz/promise.hpp"

using namespace vnf::fuzz;
using namespace vnf::host;

namespace {

void read_as_answer(std::string_view text) {
    parse_etcd_keys(text);
    parse_etcd_transacted(text);
    parse_etcd_leased(text);
    parse_etcd_header(text);
    parse_etcd_error(text);
    if (const auto news = parse_etcd_news(text)) {
        for (const EtcdEvent& event : news->events) {
            promise(!event.key.key.empty(), "an event is of a key");
        }
    }
    if (const auto token = parse_etcd_token(text)) {
        promise(token->find_first_of("\r\n ") == std::string::npos, "a token is one word of a header's line");
    }
}

void read_as_value(std::string_view text) {
    if (const auto member = parse_member_value(text)) {
        const auto again = parse_member_value(encode_member_value(member->host, member->run, member->entry));
        promise(again && again->entry == member->entry && again->host == member->host,
                "a member is what it was");
    }
    if (const auto mail = parse_mail_value(text)) {
        promise(mail->first > 0, "items are counted from 1");
        for (const MailItem& item : mail->items) {
            promise(!item.subject.empty() || std::holds_alternative<vnf::wire::GroupGap>(item.event),
                    "an item has a subject, or is a gap");
        }
    }
}

void read_as_key(std::string_view text) {
    const GroupStoreKey key = parse_group_key("/p/", text);
    if (const auto* member = std::get_if<MemberStoreKey>(&key)) {
        const GroupStoreKey again = parse_group_key("/p/", member_key("/p/", member->group, member->name));
        promise(std::holds_alternative<MemberStoreKey>(again) &&
                    std::get<MemberStoreKey>(again).group == member->group &&
                    std::get<MemberStoreKey>(again).name == member->name,
                "a key is what it was");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    read_as_answer(text);
    read_as_value(text);
    read_as_key(text);
    return 0;
}
