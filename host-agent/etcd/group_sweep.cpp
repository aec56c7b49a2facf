// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_sweep.hpp. Its requests keep it alive; when they are all cancelled, its own deadline ends it.
#include "host-agent/etcd/group_sweep.hpp"

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <utility>

#include "host-agent/etcd/etcd_messages.hpp"

namespace vnf::host {

namespace {

/// One transaction each, below etcd's default of 128 operations.
constexpr std::int64_t page = 100;
constexpr std::chrono::seconds patience{8};

class GroupSweep : public std::enable_shared_from_this<GroupSweep> {
  public:
    GroupSweep(boost::asio::io_context& io, EtcdClient& client, std::string base,
               GroupService::OnSwept on_swept)
        : client_(client), base_(std::move(base)), on_swept_(std::move(on_swept)), timer_(io) {}

    void start() {
        timer_.expires_after(patience);
        timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (!error) {
                self->end("etcd did not answer in time");
            }
        });
        read(base_);
    }

  private:
    void read(const std::string& from) {
        client_.call("kv/range", encode(EtcdRange{from, end_of_prefix(base_), 0, page}),
                     [self = shared_from_this()](const EtcdReply& reply) { self->take(reply); });
    }

    void take(const EtcdReply& reply) {
        const auto keys = parse_etcd_keys(reply.body);
        if (reply.fault != EtcdFault::None || !keys) {
            end(reply.error.empty() ? "no range in the answer" : reply.error);
            return;
        }
        EtcdTransaction removal;
        for (const EtcdKey& key : keys->keys) {
            if (key.lease == 0 && key.key != base_ + "store") {
                removal.guards.push_back({key.key, key.modified});
                removal.removals.push_back(key.key);
            }
        }
        const std::string next =
            keys->more && !keys->keys.empty() ? keys->keys.back().key + '\0' : std::string();
        if (removal.removals.empty()) {
            go_on(next);
            return;
        }
        const std::size_t count = removal.removals.size();
        client_.call("kv/txn", encode(removal),
                     [self = shared_from_this(), count, next](const EtcdReply& answer) {
                         self->removed(answer, count, next);
                     });
    }

    void removed(const EtcdReply& reply, std::size_t count, const std::string& next) {
        const auto transacted = parse_etcd_transacted(reply.body);
        if (reply.fault != EtcdFault::None || !transacted) {
            end(reply.error.empty() ? "no transaction in the answer" : reply.error);
            return;
        }
        swept_.removed += transacted->succeeded ? count : 0;
        go_on(next);
    }

    void go_on(const std::string& next) {
        if (next.empty()) {
            end({});
        } else {
            read(next);
        }
    }

    void end(const std::string& error) {
        timer_.cancel();
        swept_.error = error;
        if (const auto on_swept = std::exchange(on_swept_, nullptr)) {
            on_swept(swept_);
        }
    }

    EtcdClient& client_;
    std::string base_;
    GroupService::OnSwept on_swept_;
    boost::asio::steady_timer timer_;
    GroupService::Swept swept_;
};

}  // namespace

void start_group_sweep(boost::asio::io_context& io, EtcdClient& client, std::string base,
                       GroupService::OnSwept on_swept) {
    std::make_shared<GroupSweep>(io, client, std::move(base), std::move(on_swept))->start();
}

}  // namespace vnf::host
