// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What every GroupService must do, whoever carries it. The cases are in group_conformance.cpp, which each engine's
// test program compiles in, beside group_members.cpp and a definition of make_group_engine().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host-agent/group_service.hpp"

namespace vnf::host {

/// One test's world: the agents of one or more hosts that share their groups, and the loop that they run on.
class GroupEngine {
  public:
    virtual ~GroupEngine() = default;
    virtual std::size_t hosts() const = 0;
    virtual GroupService& host(std::size_t which) = 0;
    /// Runs the loop until it happened; false after a bound that only a failing test sees. Does not ask again after
    /// the first yes: the question may be an attempt.
    virtual bool until(const std::function<bool()>& happened) = 0;
    /// Makes host 1 lose messages of `group`, so that its members must be told of a gap; false if this engine loses
    /// nothing, whatever happens.
    virtual bool lose_messages(const std::string& group) = 0;
};
std::unique_ptr<GroupEngine> make_group_engine();

/// A member's mailbox, which keeps all that it is told.
class Mailbox : public GroupSubscriber {
  public:
    void group_mail(const SharedMail& mail) override;
    void group_gap(std::uint32_t missed) override;
    void group_membership_confirmed() override;
    void group_membership_lost(std::string_view reason) override;

    std::vector<std::string> heard;     ///< "source: text"
    std::vector<std::string> notified;  ///< JSON
    std::vector<std::uint32_t> gaps;
    std::vector<std::string> lost;
    std::size_t confirmed = 0;
    bool closed = false;       ///< a call of the service for this member is under way: nothing may come
    bool told_inside = false;  ///< something came nevertheless
};

/// A member with its mailbox, on one of the engine's hosts.
class TestMember {
  public:
    TestMember(GroupEngine& engine, std::size_t host, std::string group, std::string name);
    ~TestMember();
    TestMember(const TestMember&) = delete;
    TestMember& operator=(const TestMember&) = delete;

    void join();
    void leave();
    void change(const std::string& state);
    /// Again and again while the engine says that it is full.
    void broadcast(const std::string& text);
    /// Its answer; empty if there is none.
    std::vector<std::string> status();
    /// Until its status has that many members.
    bool sees(std::size_t members);
    bool hears(std::size_t broadcasts);
    bool is_notified(std::size_t times);

    GroupEngine& engine;
    GroupService& service;
    const std::string group, name;
    MemberKey key{};
    bool abandoned = false;  ///< its service is no more
    std::shared_ptr<Mailbox> box = std::make_shared<Mailbox>();
};

/// `{"name":NAME,"state":STATE}`, as opaque to a service as a real entry.
wire::JsonText entry_of(const std::string& name, const std::string& state);
/// `{"event":WHAT,"name":NAME}`.
wire::JsonText notice_of(const std::string& what, const std::string& name);

}  // namespace vnf::host
