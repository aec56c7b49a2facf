// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "wire/group_member.hpp"

#include "wire/json_reader.hpp"

namespace vnf::wire {
namespace {

std::string text_of(const JsonReader& reader, std::string_view key) {
    return reader.clean_text(key, group_member_text_limit, {});
}

void read_metadata(const JsonText& metadata, GroupMember& member) {
    const JsonReader reader(metadata.text(), {"cause", "reason"});
    if (reader.error())
        return;
    member.cause = text_of(reader, "cause");
    member.reason = text_of(reader, "reason");
}

}  // namespace

std::optional<GroupMember> read_group_member(const JsonText& entry) {
    JsonReader reader(entry.text(), {"instance_id", "display_name", "hostname", "host", "state",
                                     "state_description", "metadata"});
    if (reader.error())
        return std::nullopt;
    GroupMember member{text_of(reader, "instance_id"),
                       text_of(reader, "display_name"),
                       text_of(reader, "hostname"),
                       text_of(reader, "host"),
                       text_of(reader, "state"),
                       text_of(reader, "state_description"),
                       {},
                       {}};
    if (reader.has("metadata"))
        read_metadata(reader.value("metadata"), member);
    return member;
}

std::optional<GroupNotice> read_group_notice(const JsonText& body) {
    JsonReader reader(body.text(), {"payload", "event_type", "timestamp"});
    if (reader.error())
        return std::nullopt;
    const bool is_wrapped = reader.has("payload");
    JsonText entry = is_wrapped ? reader.value("payload") : body;
    auto member = read_group_member(entry);
    if (!member)
        return std::nullopt;
    GroupNotice notice{{}, {}, std::move(*member), std::move(entry)};
    if (is_wrapped) {
        notice.event_type = text_of(reader, "event_type");
        notice.timestamp = text_of(reader, "timestamp");
    }
    return notice;
}

}  // namespace vnf::wire
