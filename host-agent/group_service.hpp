// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a server group is, whoever carries it: this agent's memory (memory_group_service), or etcd for groups across
// hosts (etcd_group_service). One conformance suite runs on both. Entries and notifications are opaque JSON here;
// member_status and group_event make them.
//
// Policy. Order is kept for each sender. A sender never gets its own broadcast, nor the subject its own notification.
// Delivery is best effort, but never silently so: what a subscriber could not be given is told to it as a gap.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/server_group_message.hpp"

namespace vnf::host {

/// A member that joined here. 0 is nobody.
enum class MemberKey : std::uint64_t {};

/// A message for many members; what is derived from it, such as its line on the port, is made once for all.
class GroupMail {
  public:
    explicit GroupMail(wire::GroupEvent event) : event_(std::move(event)) {}
    const wire::GroupEvent& event() const { return event_; }
    /// The whole message of a guest's port, LFs included; made at the first call.
    const std::string& port_line() const;
    /// False for what an old guest's application could not take in one datagram: it is not sent.
    bool fits_old_guest() const;

  private:
    void encode() const;

    wire::GroupEvent event_;
    mutable std::string port_line_;
    mutable bool fits_ = false;
};
using SharedMail = std::shared_ptr<const GroupMail>;

/// One local member's mailbox. Called on the loop, never from inside one of the service's calls for this member.
class GroupSubscriber {
  public:
    virtual ~GroupSubscriber() = default;
    /// A broadcast or a notification.
    virtual void group_mail(const SharedMail& mail) = 0;
    /// Messages for this member were lost before they reached this host; 0: unknown how many.
    virtual void group_gap(std::uint32_t missed) = 0;
    /// The name is this member's. Told again when it had to be written anew.
    virtual void group_membership_confirmed() = 0;
    /// The membership itself was refused or lost for good, "name taken on host b"; the key is void from now on.
    virtual void group_membership_lost(std::string_view reason) = 0;
};

enum class GroupSending : std::uint8_t {
    Accepted,     ///< will be delivered to whom it can be
    QueueFull,    ///< too much waits already; nothing was taken
    Unavailable,  ///< the engine can't be reached; nothing was taken
};

struct GroupMemberView {
    wire::SourceInstance name;
    std::string host;  ///< of the agent that serves it
    bool local = false;
    wire::JsonText entry;  ///< its status
};

struct GroupView {
    std::string group;
    std::vector<GroupMemberView> members;  ///< by name
};

/// What an engine counts, since the start; the name is that of a Prometheus counter.
struct GroupEngineCount {
    std::string_view name, help;
    std::uint64_t value = 0;
};

/// Makes the notification for a member whose host vanished, from its last status.
using LostMemberBody =
    std::function<wire::JsonText(const wire::JsonText& last_entry, std::string_view cause)>;

class GroupService {
  public:
    /// `members` is empty and `error` says why, if the group's state can't be had in time.
    struct Status {
        std::vector<wire::JsonText> members;  ///< the asker's own entry included, by name
        std::string error;
    };
    using OnStatus = std::function<void(const Status&)>;
    /// What a sweep took out; with `error` it may not have seen everything.
    struct Swept {
        std::uint64_t removed = 0;
        std::string error;
    };
    using OnSwept = std::function<void(const Swept&)>;

    virtual ~GroupService() = default;

    /// `subscriber` outlives the membership. `arrival` goes to the others. A name that the group has already (here or
    /// elsewhere) is refused through group_membership_lost, at the latest when the engine answers.
    virtual MemberKey join(const std::string& group, const wire::SourceInstance& name,
                           const wire::JsonText& entry, const wire::JsonText& arrival,
                           GroupSubscriber& subscriber) = 0;
    /// The others get `farewell`. An unknown key is ignored, here and below.
    virtual void leave(MemberKey member, const wire::JsonText& farewell) = 0;
    /// Its status is now `entry`; the others get `notification`.
    virtual void change(MemberKey member, const wire::JsonText& entry,
                        const wire::JsonText& notification) = 0;
    virtual GroupSending broadcast(MemberKey member, const wire::BroadcastText& text) = 0;
    /// `on_status` is called once within 4 s, never from inside this call, unless the member leaves before.
    virtual void status(MemberKey member, OnStatus on_status) = 0;

    /// Removes from the store what no living host owns: leftovers of other versions and of hand-made keys. `on_swept` is
    /// called once within 10 s, perhaps from inside this call. What is kept in memory leaves nothing behind.
    virtual void sweep(OnSwept on_swept) { on_swept({}); }
    /// What is known now, all groups by name, for operators.
    virtual std::vector<GroupView> groups() const = 0;
    /// "memory", or how etcd is doing: "etcd: connected to https://...", "etcd: unreachable since 12 s: ...".
    virtual std::string engine() const = 0;
    /// What it counts beside what members do.
    virtual std::vector<GroupEngineCount> metrics() const { return {}; }
};

}  // namespace vnf::host
