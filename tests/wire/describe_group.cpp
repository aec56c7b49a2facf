// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One function for each message and record; the keys are those of the vector files.
#include "tests/wire/describe_group.hpp"

#include <sstream>

namespace vnf::test {
namespace {

using namespace vnf::wire;

std::string quoted(const std::string& text) {
    return '"' + text + '"';
}

std::string kind_of(const GroupBody& body) {
    return body.value.kind() == JsonText::Kind::Object ? "object" : "string";
}

class Words {
  public:
    explicit Words(const char* kind) { out_ << kind; }
    template <typename Value>
    Words& add(const char* key, const Value& value) {
        out_ << ' ' << key << '=' << value;
        return *this;
    }
    std::string done() const { return out_.str(); }

  private:
    std::ostringstream out_;
};

std::string words(const StatusQuery& one) {
    return Words("status_query").add("seq", one.seq).add("understands_gap", one.understands_gap).done();
}
std::string words(const Broadcast& one) {
    return Words("broadcast").add("text", quoted(one.text.text())).done();
}
std::string words(const StatusResponse& one) {
    return Words("status_response").add("seq", one.seq).add("entry", kind_of(one.entry)).done();
}
std::string words(const StatusDone& one) {
    return Words("status_response_done").add("seq", one.seq).done();
}
std::string words(const GroupNotification& one) {
    return Words("notification").add("body", kind_of(one.body)).done();
}
std::string words(const GroupBroadcast& one) {
    Words out("broadcast");
    return out.add("source_instance", quoted(one.source_instance)).add("text", quoted(one.text)).done();
}
std::string words(const GroupNack& one) {
    return Words("nack").add("orig_msg_type", quoted(one.orig_msg_type)).add("log", quoted(one.log)).done();
}
std::string words(const GroupGap& one) {
    return Words("gap").add("missed", one.missed).done();
}

std::string words(const GroupHello& one) {
    return Words("hello").add("name", quoted(one.name)).done();
}
std::string words(const GroupSend& one) {
    return Words("send").add("text", quoted(one.text)).done();
}
std::string words(const GroupAsk& one) {
    return Words("ask").add("query", one.query).done();
}
std::string words(const GroupLink& one) {
    return Words("link").add("up", one.up).add("reason", quoted(one.reason)).done();
}
std::string words(const GroupHeard& one) {
    return Words("heard").add("source", quoted(one.source)).add("text", quoted(one.text)).done();
}
std::string words(const GroupNotified& one) {
    return Words("notified").add("body", one.body).done();
}
std::string words(const GroupEntry& one) {
    return Words("entry").add("query", one.query).add("entry", one.entry).done();
}
std::string words(const GroupAnswered& one) {
    return Words("answered").add("query", one.query).done();
}
std::string words(const GroupUnanswered& one) {
    return Words("unanswered").add("query", one.query).add("reason", quoted(one.reason)).done();
}
std::string words(const GroupRefusal& one) {
    return Words("refusal").add("msg_type", quoted(one.msg_type)).add("reason", quoted(one.reason)).done();
}
std::string words(const GroupMissed& one) {
    return Words("missed").add("messages", one.messages).done();
}
std::string words(const GroupUnsent& one) {
    return Words("unsent").add("messages", one.messages).add("reason", quoted(one.reason)).done();
}

template <typename Variant>
std::string words_of(const Variant& variant) {
    return std::visit([](const auto& one) { return words(one); }, variant);
}

}  // namespace

std::string describe(const GroupRequest& request) {
    return words_of(request);
}
std::string describe(const GroupRequestError& error) {
    return "refused " + std::string(word(error.reason)) + ' ' + error.msg_type;
}
std::string describe(const GroupEvent& event) {
    return words_of(event);
}
std::string describe(const GroupClientRecord& record) {
    return words_of(record);
}
std::string describe(const GroupDaemonRecord& record) {
    return words_of(record);
}

}  // namespace vnf::test
