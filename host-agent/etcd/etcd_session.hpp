// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One agent's standing with etcd: a lease that is kept alive, everything below one prefix read once, and a watch on it
// that goes on where it was after every failure.
//
// Policy. A failed request or stream is tried again at the next endpoint after 50 ms, doubling to 1 s, until the watch has
// run for a second or a commit was answered: what fails again at once is no new beginning. The lease is
// asked after first: if it is gone, the owner is told, since all keys under it are too. The watch then resumes behind
// the last revision seen; where history has been compacted, or the store is another one (its identity key differs, or its
// revision went back), everything is read afresh. A stream without news for a lease's time is tested by a write.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host-agent/etcd/etcd_client.hpp"
#include "host-agent/etcd/etcd_messages.hpp"
#include "runtime/log.hpp"

namespace vnf::host {

/// Why everything was read.
enum class SnapshotCause : std::uint8_t {
    First,
    Compacted,  ///< events were missed
    Replaced,   ///< the store was wiped or replaced; nothing from before is in it
};

class EtcdSessionOwner {
  public:
    virtual ~EtcdSessionOwner() = default;
    /// A new lease; nothing is under it.
    virtual void lease_changed() = 0;
    virtual void snapshot(const std::vector<EtcdKey>& keys, SnapshotCause cause) = 0;
    virtual void events(const std::vector<EtcdEvent>& events) = 0;
    /// The watch runs: commits may be made.
    virtual void live() = 0;
    virtual void down() = 0;
};

class EtcdSession {
  public:
    /// `key` and `value` tell other hosts that this one is here; it is kept under the lease.
    EtcdSession(boost::asio::io_context& io, const EtcdSettings& settings, EtcdPut presence,
                EtcdSessionOwner& owner);
    ~EtcdSession();
    EtcdSession(const EtcdSession&) = delete;
    EtcdSession& operator=(const EtcdSession&) = delete;

    void start();
    /// A request of the owner's did not go through: as if one of the session's own had not.
    void failed(const std::string& why);
    /// A commit of the owner's was answered.
    void worked() { failures_ = 0; }
    /// The owner was told that the lease is gone.
    void lease_gone();

    EtcdClient& client() { return client_; }
    EtcdLease lease() const { return lease_; }
    bool is_live() const { return live_; }
    /// Live now, or so short a time ago that a fail-over may be under way.
    bool reachable(runtime::TimePoint now) const;
    EtcdRevision revision() const { return revision_; }
    /// In a row.
    unsigned failures() const { return failures_; }
    std::string text(runtime::TimePoint now) const;

  private:
    void connect();
    void ask_after_lease();
    void grant_lease();
    void take_lease(const EtcdReply& reply);
    void announce();
    void announced(const EtcdReply& reply);
    void recognise(const EtcdTransacted& store);
    void read();
    void read_page(const EtcdRange& range);
    void take_page(const EtcdReply& reply, EtcdRange range);
    void watch();
    void take_news(std::string_view line);
    void watching(const EtcdNews& news);
    void canceled(const EtcdNews& news);
    void keep_alive();
    void keep_watch_honest();
    void kept_alive(const EtcdReply& reply);
    void schedule_keep_alive();
    void must_read(SnapshotCause cause);
    /// True if the reply is good; else the session has failed and will begin again.
    bool good(const EtcdReply& reply);

    const EtcdSettings& settings_;
    EtcdSessionOwner& owner_;
    EtcdPut presence_;
    EtcdClient client_;
    boost::asio::steady_timer again_, keep_alive_, created_;
    EtcdLease lease_ = 0;
    std::string store_;  ///< the identity of the store that `revision_` is of
    std::uint64_t cluster_ = 0;
    EtcdRevision revision_ = 0;  ///< all events up to it were seen
    bool unread_ = true;
    SnapshotCause cause_ = SnapshotCause::First;
    std::vector<EtcdKey> pages_;
    runtime::TimePoint heard_{};  ///< the last line of the watch
    bool testing_ = false;        ///< a line must come before the next keep-alive
    bool live_ = false;
    unsigned failures_ = 0;
    runtime::TimePoint live_since_{}, down_since_;
    runtime::LogLimit down_limit_, up_limit_;
    std::string trouble_;
    /// A timer that has run out already finds this expired when the session is no more.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace vnf::host
