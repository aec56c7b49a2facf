// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The numbers of the types and which texts follow which; a receiver believes no length before it has checked it.
#include "wire/group_record.hpp"

#include <cassert>

#include "wire/packet_head.hpp"

namespace vnf::wire {
namespace {

constexpr PacketForm form{group_record_version, group_record_limit};
static_assert(group_record_header_size == packet_head_size);

// ---- writing: number of the type, then what is in the record ---------------------------------------------

class Packet {
  public:
    Packet(std::uint8_t type, std::uint32_t number, std::size_t content = 0)
        : out_(group_record_header_size + 2 * sizeof(std::uint32_t) + content) {
        write_packet_head(out_, form, type, number);
    }
    Packet& text(std::string_view text, [[maybe_unused]] std::size_t limit) {
        assert(text.size() <= limit && is_utf8(text) && text.find('\0') == std::string_view::npos);
        out_.long_text(text);
        return *this;
    }
    Packet& cut_text(std::string_view text, std::size_t limit) {
        out_.long_text(clean_utf8(text, limit));
        return *this;
    }
    std::string take() { return out_.take(); }

  private:
    FieldWriter out_;
};

std::string write(const GroupHello& hello) {
    return Packet(1, 0, hello.name.size()).cut_text(hello.name, group_client_name_limit).take();
}
std::string write(const GroupSend& send) {
    return Packet(2, 0, send.text.size()).text(send.text, group_text_limit).take();
}
std::string write(const GroupAsk& ask) {
    return Packet(3, ask.query).take();
}
std::string write(const GroupLink& link) {
    return Packet(17, link.up ? 1 : 0, link.reason.size()).cut_text(link.reason, group_reason_limit).take();
}
std::string write(const GroupHeard& heard) {
    Packet out(18, 0, heard.source.size() + heard.text.size());
    return out.text(heard.source, group_source_limit).text(heard.text, group_text_limit).take();
}
std::string write(const GroupNotified& notified) {
    return Packet(19, 0, notified.body.size()).text(notified.body, group_text_limit).take();
}
std::string write(const GroupEntry& entry) {
    return Packet(20, entry.query, entry.entry.size()).text(entry.entry, group_text_limit).take();
}
std::string write(const GroupAnswered& answered) {
    return Packet(21, answered.query).take();
}
std::string write(const GroupUnanswered& unanswered) {
    Packet out(22, unanswered.query, unanswered.reason.size());
    return out.cut_text(unanswered.reason, group_reason_limit).take();
}
std::string write(const GroupRefusal& refusal) {
    Packet out(23, 0, refusal.msg_type.size() + refusal.reason.size());
    out.cut_text(refusal.msg_type, group_type_limit);
    return out.cut_text(refusal.reason, group_reason_limit).take();
}
std::string write(const GroupMissed& missed) {
    return Packet(24, missed.messages).take();
}
std::string write(const GroupUnsent& unsent) {
    return Packet(25, unsent.messages, unsent.reason.size())
        .cut_text(unsent.reason, group_reason_limit)
        .take();
}

// ---- reading ---------------------------------------------------------------------------------------------

using ClientResult = std::variant<GroupClientRecord, ParseError>;
using DaemonResult = std::variant<GroupDaemonRecord, ParseError>;

ClientResult read_client(std::uint8_t type, std::uint32_t number, FieldReader& in) {
    switch (type) {
        case 1:
            return GroupHello{in.long_text(group_client_name_limit, "name")};
        case 2:
            return GroupSend{in.long_text(group_text_limit, "text")};
        case 3:
            return GroupAsk{number};
        default:
            return unknown_packet_type;
    }
}

GroupHeard read_heard(FieldReader& in) {
    auto source = in.long_text(group_source_limit, "source");
    return {std::move(source), in.long_text(group_text_limit, "text")};
}

GroupRefusal read_refusal(FieldReader& in) {
    auto msg_type = in.long_text(group_type_limit, "msg_type");
    return {std::move(msg_type), in.long_text(group_reason_limit, "reason")};
}

DaemonResult read_daemon(std::uint8_t type, std::uint32_t number, FieldReader& in) {
    switch (type) {
        case 17:
            return GroupLink{number != 0, in.long_text(group_reason_limit, "reason")};
        case 18:
            return read_heard(in);
        case 19:
            return GroupNotified{in.long_text(group_text_limit, "body")};
        case 20:
            return GroupEntry{number, in.long_text(group_text_limit, "entry")};
        case 21:
            return GroupAnswered{number};
        case 22:
            return GroupUnanswered{number, in.long_text(group_reason_limit, "reason")};
        case 23:
            return read_refusal(in);
        case 24:
            return GroupMissed{number};
        case 25:
            return GroupUnsent{number, in.long_text(group_reason_limit, "reason")};
        default:
            return unknown_packet_type;
    }
}

}  // namespace

std::string encode(const GroupClientRecord& record) {
    return std::visit([](const auto& one) { return write(one); }, record);
}

std::string encode(const GroupDaemonRecord& record) {
    return std::visit([](const auto& one) { return write(one); }, record);
}

ClientResult parse_group_client_record(std::string_view packet) {
    return read_packet<ClientResult>(packet, form, read_client);
}

DaemonResult parse_group_daemon_record(std::string_view packet) {
    return read_packet<DaemonResult>(packet, form, read_daemon);
}

}  // namespace vnf::wire
