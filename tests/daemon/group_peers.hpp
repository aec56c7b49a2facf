// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Everybody around one guest-client's messaging channel, played by a test: the host at its port, services with datagram
// sockets, and handle clients with packet sockets.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/daemon/guest_under_test.hpp"
#include "tests/harness/connection.hpp"
#include "tests/harness/own_network.hpp"
#include "wire/group_record.hpp"

namespace vnf::test {

/// The host's end of the port: lines as they came.
class PortHost {
  public:
    explicit PortHost(Stage& stage);

    void attach(const std::string& socket);
    void detach() { connection_.close(); }
    /// As an old host writes it: the object and one LF.
    void say(std::string_view object) { send_raw(std::string(object) + "\n"); }
    /// `data` in the envelope that an old host puts around it.
    void say_to_group(std::string_view data);
    void send_raw(std::string_view bytes) { connection_.send(bytes); }
    /// One broadcast of a peer, `text` as between the quotes.
    void broadcast(std::string_view text);
    /// An answer of `members` entries, {"n":0} and so on, and its end.
    void answer(std::int64_t seq, int members);

    std::string expect_line();
    /// The `data` of the next line.
    Json expect_data();
    std::size_t waiting() const { return lines_.size(); }
    std::deque<std::string>& lines() { return lines_; }
    const std::string& raw() const { return raw_; }
    Connection& connection() { return connection_; }

  private:
    void take(std::string_view bytes);

    Stage& stage_;
    Connection connection_;
    std::string raw_, partial_;
    std::deque<std::string> lines_;
};

/// A local service: a datagram socket and what came to it.
class ServicePeer : public Actor {
  public:
    /// Bound to the abstract `name`; a name that begins with '/' is a path; "" leaves it unbound.
    ServicePeer(Stage& stage, const std::string& name);
    /// Bound to exactly these bytes behind the family.
    struct RawAddress {
        std::string bytes;
    };
    ServicePeer(Stage& stage, const RawAddress& address);

    /// To `@cgcs.messaging`, or to another name; retried while the receiver's queue is full.
    void send(std::string_view datagram, std::string_view to = "cgcs.messaging");
    /// False if nobody is there.
    bool try_send(std::string_view datagram, std::string_view to = "cgcs.messaging");
    /// With credentials of another user, which only root may claim.
    void send_as(std::uint32_t uid, std::string_view datagram, std::string_view to = "cgcs.messaging");
    /// What an old library sends: `data` for the group.
    void say(std::string_view data, std::string_view to = "cgcs.server_grp");
    void say_broadcast(std::string_view text);
    void ask(std::int64_t seq);
    std::string expect();
    std::size_t waiting() const { return datagrams_.size(); }
    void hold_reading(bool held) { held_ = held; }

    int wait_fd() const override { return fd_.get(); }
    bool wants_read() const override { return !held_; }
    void readable() override;

  private:
    FileDescriptor fd_;
    std::deque<std::string> datagrams_;
    bool held_ = false;
};

/// A handle client.
class HandlePeer : public Actor {
  public:
    explicit HandlePeer(Stage& stage) : Actor(stage) {}

    /// Connects; says its name and waits for the link's state, unless told not to.
    wire::GroupLink join(const std::string& socket, const std::string& name = "app");
    /// Retries until somebody listens.
    void connect(const std::string& socket);
    void close() { fd_.reset(); }
    bool connected() const { return static_cast<bool>(fd_); }
    /// False if the daemon does not read now.
    bool send(const wire::GroupClientRecord& record);
    bool send_packet(std::string_view packet);

    /// The next record, which must be of this type.
    template <typename Record>
    Record expect() {
        stage().until([this] { return !records_.empty() || !fd_; }, "a record for a group client");
        REQUIRE_FALSE(records_.empty());
        REQUIRE(std::holds_alternative<Record>(records_.front()));
        Record found = std::get<Record>(records_.front());
        records_.pop_front();
        return found;
    }
    void expect_end();
    std::deque<wire::GroupDaemonRecord>& records() { return records_; }
    void hold_reading(bool held) { held_ = held; }

    int wait_fd() const override { return fd_.get(); }
    bool wants_read() const override { return !held_; }
    void readable() override;

  private:
    FileDescriptor fd_;
    std::deque<wire::GroupDaemonRecord> records_;
    bool held_ = false;
};

/// A guest-client with its host on the messaging port.
struct GroupGuest {
    explicit GroupGuest(const std::string& settings = {});
    /// Everything that was sent to the daemon before has been taken by it, and what it had to say has arrived.
    void round_trip();

    GuestUnderTest guest;
    Stage& stage = guest.stage;
    PortHost host{stage};
};

/// One envelope of hop E.
std::string port_line(std::string_view data, std::string_view dest = "cgcs.server_grp",
                      std::string_view source = "cgcs.server_grp");
/// One envelope of hop F.
std::string delivery(std::string_view data, std::string_view source = "cgcs.server_grp");

}  // namespace vnf::test
