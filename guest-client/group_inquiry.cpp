// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Join, ask, leave.
#include "guest-client/group_inquiry.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace vnf::guest {
namespace {

namespace asio = boost::asio;

constexpr std::string_view operator_name = "guestctl";
constexpr std::string_view too_many = "too many clients of the server group";

/// Leaves with its scope, even if the asker went away or the daemon has stopped.
class Membership {
  public:
    Membership(const std::shared_ptr<Messaging>& messaging, Messaging::OnRecord on_record)
        : messaging_(messaging), key_(messaging->join(std::string(operator_name), std::move(on_record))) {}
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;
    ~Membership() {
        if (const auto messaging = messaging_.lock(); messaging && key_ != 0) {
            messaging->leave(key_);
        }
    }
    GroupClientKey key() const { return key_; }

  private:
    std::weak_ptr<Messaging> messaging_;
    GroupClientKey key_;
};

class Inquiry {
  public:
    explicit Inquiry(const asio::any_io_executor& executor)
        : answered_(executor, asio::steady_timer::time_point::max()) {}

    void heard(const wire::GroupDaemonRecord& record) {
        if (const auto* entry = std::get_if<wire::GroupEntry>(&record)) {
            members_.entries.push_back(entry->entry);
        } else if (const auto* unanswered = std::get_if<wire::GroupUnanswered>(&record)) {
            finish(unanswered->reason);
        } else if (std::holds_alternative<wire::GroupAnswered>(record)) {
            finish({});
        }
    }
    asio::awaitable<GroupMembers> members() {
        boost::system::error_code cancelled;
        if (!finished_) {
            co_await answered_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        }
        co_return std::move(members_);
    }

  private:
    void finish(std::string problem) {
        finished_ = true;
        members_.problem = std::move(problem);
        answered_.cancel();
    }

    asio::steady_timer answered_;
    GroupMembers members_;
    bool finished_ = false;
};

}  // namespace

asio::awaitable<GroupMembers> ask_members(std::shared_ptr<Messaging> messaging) {
    const auto inquiry = std::make_shared<Inquiry>(co_await asio::this_coro::executor);
    const Membership membership(messaging,
                                [inquiry](const wire::GroupDaemonRecord& record) { inquiry->heard(record); });
    if (membership.key() == 0) {
        co_return GroupMembers{{}, std::string(too_many)};
    }
    messaging->say(membership.key(), wire::GroupAsk{1});
    messaging.reset();  // a question does not keep the channel alive
    co_return co_await inquiry->members();
}

std::string send_broadcast(Messaging& messaging, const std::string& text) {
    std::string problem;
    const GroupClientKey key =
        messaging.join(std::string(operator_name), [&problem](const wire::GroupDaemonRecord& record) {
            if (const auto* refusal = std::get_if<wire::GroupRefusal>(&record)) {
                problem = refusal->reason;
            } else if (const auto* unsent = std::get_if<wire::GroupUnsent>(&record)) {
                problem = unsent->reason;
            }
        });
    if (key == 0) {
        return std::string(too_many);
    }
    messaging.say(key, wire::GroupSend{text});
    const std::uint64_t dropped = messaging.broker().counters().departed_dropped;
    messaging.leave(key);
    if (messaging.broker().counters().departed_dropped != dropped) {
        return "too many messages wait for the host";
    }
    return problem;
}

}  // namespace vnf::guest
