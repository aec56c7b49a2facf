// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Several processes of one guest in its server group: to the host they are one, `cgcs.server_grp`. Pure: records and
// messages and times in; packets for clients, messages for the host and for the old client out. Sockets and the port
// are others'.
//
// Policy.
// - A broadcast of the host, a notification and a gap go to every client; a client's own broadcast to the host alone,
//   never to a sibling.
// - A status query gets a sequence of ours, so that fifty clients may all ask with 1; its answers go to who asked, until
//   done or 5 s after the query. A handle's new query replaces its old one; the old client may have 16 under way. What
//   the host is asked at once is bounded (status_queries.hpp).
// - A nack goes to everybody who handed the host a message of that type within the last 5 s: it does not say whose.
// - Towards the host 256 broadcasts a client, the clients in turn, queries beside them. A handle whose share is used up is not read from; the
//   old client can't be told to wait, so that its message is dropped and counted. What a client that left had still
//   waiting goes out in the share that all who left have together.
// - The link goes down: what waits is not sent any more, and each handle is told what of its own that was.
// - An answer of which a part found no room is not told as complete: a handle hears why, the old client no end of it.
// - What a client may not send (too long, no text) is answered as the host would: by a refusal, or a nack.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guest-client/fair_queue.hpp"
#include "guest-client/group_outbox.hpp"
#include "guest-client/status_queries.hpp"
#include "runtime/clock.hpp"
#include "wire/group_record.hpp"
#include "wire/server_group_message.hpp"

namespace vnf::guest {

struct GroupPeer {
    std::int32_t pid = 0;
    std::uint32_t uid = 0;
};

struct GroupLimits {
    std::size_t clients = 64, per_user = 64;
};

struct GroupCounters {
    // of the host
    std::uint64_t broadcasts = 0, notifications = 0, entries = 0, answers = 0, nacks = 0, gaps = 0,
                  late_answers = 0, unknown_sequences = 0;
    // of clients
    std::uint64_t sends = 0, queries = 0, refused_messages = 0, unexpected_records = 0, refused_clients = 0,
                  silent_clients = 0;
    // what did not arrive, and was told to whom it concerns; the last two could not be
    std::uint64_t missed = 0, unsent = 0, unanswered = 0, old_client_dropped = 0, departed_dropped = 0;
    /// The host's messages that are none, by wire::ParseReason.
    std::array<std::uint64_t, wire::parse_reason_count> rejected{};
};

class GroupBroker {
  public:
    static constexpr runtime::Milliseconds hello_within{5000}, nack_window{5000};
    static constexpr std::size_t share = 256, old_client_queries = 16;
    /// Who speaks as `@cgcs.server_grp` itself; always there.
    static constexpr GroupClientKey old_client = 1;

    struct Settings {
        GroupLimits limits;
        bool tells_gap = true;  ///< status queries say that gaps are understood
    };
    struct Client {
        GroupPeer peer;
        std::string name;
        bool greeted = false;
        bool leaves = false;  ///< its broadcasts are in the share of those who left
        runtime::TimePoint hello_by = runtime::never;
        GroupOutbox outbox;
        std::optional<std::int32_t> query;  ///< the sequence of the one under way
        std::optional<runtime::TimePoint> sent_broadcast, sent_query;
        std::uint64_t sends = 0, queries = 0;
    };
    struct ForOldClient {
        wire::JsonText data;                  ///< of an envelope
        std::optional<std::int32_t> part_of;  ///< an answer, by our sequence
    };
    struct ForHost {
        GroupClientKey from;
        wire::GroupRequest request;
    };

    /// Sequences count up from `first_sequence`, which is 1 or more: not the ones that an earlier run of ours used.
    GroupBroker(Settings settings, std::int32_t first_sequence);

    // ---- clients -----------------------------------------------------------------------------------------

    /// 0: refused, too many.
    GroupClientKey opened(GroupPeer peer, runtime::TimePoint now);
    void record(GroupClientKey key, const wire::GroupClientRecord& record, runtime::TimePoint now);
    /// A packet that is no record. Before its hello that ends the connection.
    void bad_record(GroupClientKey key);
    /// It reads no more; what it still says goes to the share of those who left, and what finds no room there is counted.
    void leaves(GroupClientKey key);
    void closed(GroupClientKey key);
    /// `data` of an envelope from `@cgcs.server_grp`.
    void old_client_said(const wire::JsonText& data, runtime::TimePoint now);
    /// Its queue had no room for this.
    void old_client_missed(const ForOldClient& message);
    /// False while the client's share is used up: its next record would have no place.
    bool may_send(GroupClientKey key) const { return !to_host_.full(key); }
    /// What the client is to read next; null if there is nothing.
    const std::string* packet(GroupClientKey key);
    void packet_taken(GroupClientKey key);

    // ---- the host ----------------------------------------------------------------------------------------

    void link_up();
    void link_down(std::string_view reason);
    /// `data` of an envelope from `cgcs.server_grp`.
    std::optional<wire::ParseError> host_said(const wire::JsonText& data, runtime::TimePoint now);
    /// The next message for the host, if there is one and a link.
    std::optional<ForHost> take_for_host(runtime::TimePoint now);
    /// A message that was taken was not written after all. Before link_down.
    void not_written(const ForHost& message);

    void timer(runtime::TimePoint now);
    runtime::TimePoint next_deadline() const;
    void set(Settings settings) { settings_ = settings; }

    // ---- what the edge has to look at, each once ----------------------------------------------------------

    /// Have packets to read, or may send again.
    std::set<GroupClientKey> take_touched() { return std::exchange(touched_, {}); }
    /// Are to be disconnected; closed() follows.
    std::vector<GroupClientKey> take_expelled() { return std::exchange(expelled_, {}); }
    std::vector<ForOldClient> take_for_old_client() { return std::exchange(for_old_client_, {}); }

    bool link_is_up() const { return up_; }
    const std::string& link_reason() const { return reason_; }
    const std::map<GroupClientKey, Client>& clients() const { return clients_; }
    std::size_t waiting_for_host(GroupClientKey key) const { return to_host_.size(key); }
    const StatusQueries& queries() const { return queries_; }
    const GroupCounters& counters() const { return counters_; }

  private:
    /// All that had messages for the host and left.
    static constexpr GroupClientKey departed = 0;

    void take(GroupClientKey key, Client& client, const wire::GroupHello& hello);
    void take(GroupClientKey key, Client& client, const wire::GroupSend& send);
    void take(GroupClientKey key, Client& client, const wire::GroupAsk& ask, runtime::TimePoint now);
    void old_client_asks(std::int32_t sequence, runtime::TimePoint now);
    void old_client_sends(const wire::Broadcast& broadcast);
    void nack_old_client(std::string msg_type, std::string log);
    void end_query(std::int32_t sequence, std::string_view why_not);
    StatusQueries::Query* find_answered(std::int32_t sequence);
    std::optional<ForHost> next_query(runtime::TimePoint now);
    std::optional<ForHost> next_broadcast(runtime::TimePoint now);
    void leave_behind(GroupClientKey key);
    void expel(GroupClientKey key);
    Client* find(GroupClientKey key);

    void heard(const wire::StatusResponse& response, const wire::JsonText& data, runtime::TimePoint now);
    void heard(const wire::StatusDone& done, const wire::JsonText& data, runtime::TimePoint now);
    void heard(const wire::GroupNotification& notification, const wire::JsonText& data,
               runtime::TimePoint now);
    void heard(const wire::GroupBroadcast& broadcast, const wire::JsonText& data, runtime::TimePoint now);
    void heard(const wire::GroupNack& nack, const wire::JsonText& data, runtime::TimePoint now);
    void heard(const wire::GroupGap& gap, const wire::JsonText& data, runtime::TimePoint now);
    void tell_everybody(const wire::GroupDaemonRecord& record);
    void tell(GroupClientKey key, Client& client, const SharedPacket& packet);
    void tell_unsent(GroupClientKey key, std::uint32_t messages, const std::string& reason);

    Settings settings_;
    std::map<GroupClientKey, Client> clients_;  ///< handles
    std::optional<runtime::TimePoint> old_sent_broadcast_, old_sent_query_;
    GroupClientKey last_key_ = old_client;
    FairQueue<GroupClientKey, wire::Broadcast> to_host_{share};
    StatusQueries queries_;
    bool query_turn_ = false;
    bool up_ = false;
    std::string reason_ = "not connected yet";

    std::set<GroupClientKey> touched_;
    std::vector<GroupClientKey> expelled_;
    std::vector<ForOldClient> for_old_client_;
    GroupCounters counters_;
};

}  // namespace vnf::guest
