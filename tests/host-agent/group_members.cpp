// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The members with which group services are tested: see group_conformance.hpp.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/host-agent/group_conformance.hpp"

namespace vnf::host {

namespace {

wire::JsonText json(const std::string& text) {
    return std::get<wire::JsonText>(wire::JsonText::parse(text));
}

wire::BroadcastText text_of(const std::string& text) {
    return std::get<wire::BroadcastText>(wire::BroadcastText::of(text));
}

}  // namespace

wire::JsonText entry_of(const std::string& name, const std::string& state) {
    return json(R"({"name":")" + name + R"(","state":")" + state + R"("})");
}

wire::JsonText notice_of(const std::string& what, const std::string& name) {
    return json(R"({"event":")" + what + R"(","name":")" + name + R"("})");
}

void Mailbox::group_mail(const SharedMail& mail) {
    told_inside = told_inside || closed;
    if (const auto* broadcast = std::get_if<wire::GroupBroadcast>(&mail->event()))
        heard.push_back(broadcast->source_instance + ": " + broadcast->text);
    else if (const auto* notification = std::get_if<wire::GroupNotification>(&mail->event()))
        notified.push_back(notification->body.value.text());
    else
        FAIL("a member's mail is a broadcast or a notification");
}

void Mailbox::group_gap(std::uint32_t missed) {
    told_inside = told_inside || closed;
    gaps.push_back(missed);
}

void Mailbox::group_membership_confirmed() {
    told_inside = told_inside || closed;
    ++confirmed;
}

void Mailbox::group_membership_lost(std::string_view reason) {
    told_inside = told_inside || closed;
    lost.emplace_back(reason);
}

TestMember::TestMember(GroupEngine& with, std::size_t host, std::string of_group, std::string named)
    : engine(with), service(with.host(host)), group(std::move(of_group)), name(std::move(named)) {
    join();
}

TestMember::~TestMember() {
    if (!abandoned)
        leave();
    CHECK_FALSE(box->told_inside);
}

void TestMember::join() {
    box->closed = true;
    key = service.join(group, wire::SourceInstance::of(name).value(), entry_of(name, "active"),
                       notice_of("joined", name), *box);
    box->closed = false;
}

void TestMember::leave() {
    box->closed = true;
    service.leave(key, notice_of("left", name));
    box->closed = false;
}

void TestMember::change(const std::string& state) {
    box->closed = true;
    service.change(key, entry_of(name, state), notice_of(state, name));
    box->closed = false;
}

void TestMember::broadcast(const std::string& text) {
    const auto sent = [this, &text] {
        box->closed = true;
        const GroupSending sending = service.broadcast(key, text_of(text));
        box->closed = false;
        return sending == GroupSending::Accepted;
    };
    REQUIRE(engine.until(sent));
}

std::vector<std::string> TestMember::status() {
    struct Answer {
        bool inside = true, there = false;
        std::vector<std::string> members;
    };
    const auto answer = std::make_shared<Answer>();
    service.status(key, [answer](const GroupService::Status& status) {
        CHECK_FALSE(answer->inside);
        answer->there = true;
        for (const wire::JsonText& member : status.members)
            answer->members.push_back(member.text());
    });
    answer->inside = false;
    engine.until([answer] { return answer->there; });
    return answer->members;
}

bool TestMember::sees(std::size_t members) {
    return engine.until([this, members] { return status().size() == members; });
}

bool TestMember::hears(std::size_t broadcasts) {
    return engine.until([this, broadcasts] { return box->heard.size() >= broadcasts; });
}

bool TestMember::is_notified(std::size_t times) {
    return engine.until([this, times] { return box->notified.size() >= times; });
}

}  // namespace vnf::host
