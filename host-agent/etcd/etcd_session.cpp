// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See etcd_session.hpp. The steps of a connection are in the order of this file.
#include "host-agent/etcd/etcd_session.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "runtime/log.hpp"

namespace vnf::host {

namespace {

using runtime::Clock;
using runtime::Milliseconds;
using runtime::TimePoint;

constexpr Milliseconds first_pause{50};
constexpr Milliseconds longest_pause{1000};
constexpr Milliseconds steady{1000};
constexpr unsigned log_burst = 5;
constexpr Milliseconds log_period{10000};
constexpr std::int64_t page = 256;

Milliseconds pause_after(unsigned failures) {
    return std::min(longest_pause, first_pause * (1U << std::min(failures, 8U)));
}

std::string store_key(const EtcdSettings& settings) {
    return settings.base() + "store";
}

/// A name for a store that did not have one. It need not be secret, only another one each time.
std::string new_store_identity() {
    std::random_device random;
    return std::to_string(random()) + '-' + std::to_string(random());
}

}  // namespace

EtcdSession::EtcdSession(boost::asio::io_context& io, const EtcdSettings& settings, EtcdPut presence,
                         EtcdSessionOwner& owner)
    : settings_(settings),
      owner_(owner),
      presence_(std::move(presence)),
      client_(io, settings),
      again_(io),
      keep_alive_(io),
      created_(io),
      down_since_(Clock::now()),
      down_limit_(log_burst, log_period),
      up_limit_(log_burst, log_period),
      trouble_("not connected yet") {}

EtcdSession::~EtcdSession() = default;

void EtcdSession::start() {
    connect();
}

void EtcdSession::connect() {
    if (lease_ == 0) {
        grant_lease();
    } else {
        ask_after_lease();
    }
}

bool EtcdSession::good(const EtcdReply& reply) {
    if (reply.fault == EtcdFault::None) {
        return true;
    }
    if (reply.fault == EtcdFault::LeaseGone) {
        lease_ = 0;
    }
    failed(reply.error);
    return false;
}

void EtcdSession::failed(const std::string& why) {
    const TimePoint now = Clock::now();
    if ((live_ || failures_ == 0) && down_limit_.admit(now)) {
        runtime::log_warning("etcd can't be reached", {{"endpoint", client_.endpoint()}, {"reason", why}});
    }
    if (std::exchange(live_, false)) {
        down_since_ = now;
        failures_ = now - live_since_ < steady ? failures_ : 0;
    }
    trouble_ = why;
    client_.cancel_all();
    client_.next_endpoint();
    keep_alive_.cancel();
    created_.cancel();
    again_.expires_after(pause_after(failures_++));
    again_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
        if (!error && !alive.expired()) {
            connect();
        }
    });
    owner_.down();
}

void EtcdSession::lease_gone() {
    lease_ = 0;
    failed("the lease has run out");
}

bool EtcdSession::reachable(TimePoint now) const {
    return live_ || (revision_ != 0 && now - down_since_ < 2 * settings_.deadline);
}

std::string EtcdSession::text(TimePoint now) const {
    if (live_) {
        return "etcd: connected to " + client_.endpoint();
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - down_since_).count();
    return "etcd: unreachable since " + std::to_string(seconds) + " s: " + trouble_;
}

// ---- lease and presence ----------------------------------------------------------------------------------

void EtcdSession::ask_after_lease() {
    client_.call("lease/keepalive", encode_lease(lease_), [this](const EtcdReply& reply) {
        if (!good(reply)) {
            return;
        }
        const auto leased = parse_etcd_leased(reply.body);
        if (!leased || leased->seconds <= 0) {
            lease_ = 0;
            grant_lease();
        } else {
            schedule_keep_alive();
            announce();
        }
    });
}

void EtcdSession::grant_lease() {
    client_.call("lease/grant", encode_lease_grant(settings_.lease.count()),
                 [this](const EtcdReply& reply) { take_lease(reply); });
}

void EtcdSession::take_lease(const EtcdReply& reply) {
    if (!good(reply)) {
        return;
    }
    const auto leased = parse_etcd_leased(reply.body);
    if (!leased) {
        failed("no lease in the answer");
        return;
    }
    lease_ = leased->lease;
    schedule_keep_alive();
    owner_.lease_changed();
    announce();
}

/// The presence under the lease, and the identity of the store: made if it has none, read if it has.
void EtcdSession::announce() {
    presence_.lease = lease_;
    EtcdTransaction transaction{{{store_key(settings_), 0}}, {presence_}, {}};
    transaction.puts.push_back({store_key(settings_), new_store_identity(), 0});
    const std::string identity = transaction.puts.back().value;
    client_.call("kv/txn", encode(transaction), [this, identity](const EtcdReply& reply) {
        if (!good(reply)) {
            return;
        }
        auto store = parse_etcd_transacted(reply.body);
        if (!store) {
            failed("no transaction in the answer");
        } else if (store->succeeded) {
            store->found = {{store_key(settings_), identity}};
            recognise(*store);
            announced({EtcdFault::None, {}, {}});
        } else {
            recognise(*store);
            client_.call("kv/put", encode_put(presence_), [this](const EtcdReply& put) { announced(put); });
        }
    });
}

void EtcdSession::recognise(const EtcdTransacted& store) {
    const std::string identity = store.found.empty() ? std::string() : store.found.front().value;
    const bool another =
        identity != store_ || store.header.cluster != cluster_ || store.header.revision < revision_;
    if (!store_.empty() && another) {
        runtime::log_warning("etcd's data is not what it was; reading everything afresh",
                             {{"endpoint", client_.endpoint()}});
        must_read(SnapshotCause::Replaced);
    }
    store_ = identity;
    cluster_ = store.header.cluster;
}

void EtcdSession::announced(const EtcdReply& reply) {
    if (!good(reply)) {
        return;
    }
    if (unread_) {
        read();
    } else {
        watch();
    }
}

// ---- everything, page by page ----------------------------------------------------------------------------

void EtcdSession::must_read(SnapshotCause cause) {
    // What was never read stays a first time; a replaced store is told as such even if history is gone as well.
    if (!unread_ || (cause_ == SnapshotCause::Compacted && cause == SnapshotCause::Replaced)) {
        cause_ = cause;
    }
    unread_ = true;
}

void EtcdSession::read() {
    pages_.clear();
    read_page({settings_.base(), end_of_prefix(settings_.base()), 0, page});
}

void EtcdSession::read_page(const EtcdRange& range) {
    client_.call("kv/range", encode(range),
                 [this, range](const EtcdReply& reply) { take_page(reply, range); });
}

void EtcdSession::take_page(const EtcdReply& reply, EtcdRange range) {
    if (!good(reply)) {
        return;
    }
    auto keys = parse_etcd_keys(reply.body);
    if (!keys || (keys->more && keys->keys.empty())) {
        failed("no range in the answer");
        return;
    }
    const EtcdRevision at = range.revision != 0 ? range.revision : keys->header.revision;
    std::move(keys->keys.begin(), keys->keys.end(), std::back_inserter(pages_));
    if (keys->more) {
        range.key = pages_.back().key + '\0';
        range.revision = at;
        read_page(range);
        return;
    }
    unread_ = false;
    revision_ = at;
    owner_.snapshot(std::exchange(pages_, {}), std::exchange(cause_, SnapshotCause::First));
    watch();
}

// ---- the watch -------------------------------------------------------------------------------------------

void EtcdSession::watch() {
    created_.expires_after(settings_.deadline);
    created_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
        if (!error && !alive.expired()) {
            failed("no watch in time");
        }
    });
    client_.stream(
        "watch", encode_watch(settings_.base(), end_of_prefix(settings_.base()), revision_ + 1),
        [this](std::string_view line) { take_news(line); },
        [this](const EtcdReply& end) { failed(end.error.empty() ? "the watch has ended" : end.error); });
}

void EtcdSession::take_news(std::string_view line) {
    const auto news = parse_etcd_news(line);
    if (!news || !news->error.empty()) {
        failed(news ? news->error : "the watch said what is no news");
        return;
    }
    heard_ = Clock::now();
    testing_ = false;
    if (news->canceled) {
        canceled(*news);
    } else if (news->created) {
        watching(*news);
    } else {
        if (!news->events.empty()) {
            // The rest of a split revision may still come: it is seen only with its last part.
            const EtcdRevision last = news->events.back().key.modified;
            revision_ = std::max(revision_, news->fragment ? last - 1 : last);
            owner_.events(news->events);
        }
    }
}

void EtcdSession::watching(const EtcdNews& news) {
    created_.cancel();
    if (news.header.cluster != cluster_ || news.header.revision < revision_) {
        must_read(SnapshotCause::Replaced);
        failed("etcd's data is not what it was");
        return;
    }
    live_ = true;
    live_since_ = Clock::now();
    if (up_limit_.admit(live_since_)) {
        runtime::log_info("etcd is connected", {{"endpoint", client_.endpoint()}, {"revision", revision_}});
    }
    owner_.live();
}

void EtcdSession::canceled(const EtcdNews& news) {
    if (news.compacted != 0) {
        must_read(SnapshotCause::Compacted);
        failed("history is compacted up to revision " + std::to_string(news.compacted));
        return;
    }
    client_.forget_token();  // a watch is refused without saying that only the token was too old
    failed("the watch was refused: " + news.reason);
}

// ---- staying alive ---------------------------------------------------------------------------------------

void EtcdSession::schedule_keep_alive() {
    keep_alive_.expires_after(Milliseconds(settings_.lease) / 3);
    keep_alive_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
        if (!error && !alive.expired()) {
            keep_alive();
        }
    });
}

/// From the first moment: with a slow etcd the steps up to the watch may take longer than the lease.
void EtcdSession::keep_alive() {
    if (live_ && testing_) {
        failed("the watch does not tell what was written");
        return;
    }
    client_.call("lease/keepalive", encode_lease(lease_),
                 [this](const EtcdReply& reply) { kept_alive(reply); });
    schedule_keep_alive();
    if (live_) {
        keep_watch_honest();
    }
}

void EtcdSession::keep_watch_honest() {
    if (Clock::now() - heard_ < settings_.lease) {
        return;
    }
    client_.call("kv/put", encode_put(presence_), [this](const EtcdReply& reply) {
        if (reply.fault == EtcdFault::None) {
            testing_ = Clock::now() - heard_ >= settings_.lease;
        }
    });
}

void EtcdSession::kept_alive(const EtcdReply& reply) {
    if (!good(reply)) {
        return;
    }
    const auto leased = parse_etcd_leased(reply.body);
    if (!leased || leased->seconds <= 0) {
        lease_gone();
    }
}

}  // namespace vnf::host
