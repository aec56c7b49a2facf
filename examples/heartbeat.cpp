// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A C++ application in the guest heartbeat: its own epoll loop, with a timerfd for the library's next timeout
// and for the answers still being thought about. A place to start from: replace decide() and the health flag
// by your own.

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <vnf/heartbeat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vnf/heartbeat.hpp>

#include "heartbeat_options.h"

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// A descriptor that closes itself.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    int get() const { return fd_; }

  private:
    int fd_;
};

std::string title(vnf_heartbeat_event event, vnf_heartbeat_notification notification) {
    const bool is_vote = notification == VNF_HEARTBEAT_NOTIFICATION_REVOCABLE;
    return std::string(is_vote ? "vote " : "notification ") + vnf_heartbeat_event_name(event);
}

class Application final : public vnf::heartbeat::Handler {
  public:
    explicit Application(const heartbeat_options& options) : options_(options) {}

    vnf_heartbeat_error open() { return registration_.open(options_.config, *this); }
    int fd() const { return registration_.fd(); }
    vnf_heartbeat_error dispatch() { return registration_.dispatch(); }

    void answer_due() {
        for (auto one = pending_.begin(); one != pending_.end();) {
            if (one->second.answer_at > Clock::now()) {
                ++one;
                continue;
            }
            answer(one->first, one->second);
            one = pending_.erase(one);
        }
    }

    /// Until the library or an answer wants the loop again; nothing if neither does.
    std::optional<milliseconds> next_timeout() const {
        const int library = registration_.next_timeout();
        std::optional<milliseconds> next = library < 0 ? std::nullopt : std::optional(milliseconds(library));
        for (const auto& [id, action] : pending_) {
            const auto left = std::chrono::ceil<milliseconds>(action.answer_at - Clock::now());
            next = std::max(milliseconds(0), next ? std::min(*next, left) : left);
        }
        return next;
    }

    void toggle_health() {
        unhealthy_ = !unhealthy_;
        if (unhealthy_)
            registration_.report_unhealthy(corrective_action(), "told so by SIGUSR1");
        else
            registration_.report_healthy();
        say(unhealthy_ ? "unhealthy" : "healthy");
    }

    void leave() {
        registration_.deregister("stopped");
        registration_.close();
        say("deregistered");
    }

    void state_changed(const vnf_heartbeat_state_info& info) override {
        std::string line = vnf_heartbeat_state_name(info.state);
        if (info.state == VNF_HEARTBEAT_STATE_REGISTERED)
            line += ", version " + std::to_string(info.daemon_version) + ", every " +
                    std::to_string(info.interval_ms) + " ms";
        if (info.error != VNF_HEARTBEAT_OK)
            line += std::string(": ") + vnf_heartbeat_strerror(info.error);
        if (info.reason[0] != '\0')
            line += std::string(": ") + info.reason;
        say(line);
    }

    vnf_heartbeat_vote action(const vnf_heartbeat_action& asked) override {
        const std::uint32_t slow_ms = options_.slow_ms[index(asked.event)];
        const Pending action{asked.event, asked.notification, Clock::now() + milliseconds(slow_ms)};
        say(title(asked.event, asked.notification) + ", " + std::to_string(asked.timeout_ms) +
            " ms to answer" + (asked.origin[0] != '\0' ? std::string(", from ") + asked.origin : ""));
        if (slow_ms == 0)
            answer(asked.id, action);
        else if (slow_ms != HEARTBEAT_NEVER)
            pending_.emplace(asked.id, action);
        if (options_.extend != 0 && slow_ms != HEARTBEAT_NEVER && slow_ms >= asked.timeout_ms)
            registration_.extend(asked.id, slow_ms - asked.timeout_ms + 1000, "still thinking");
        return VNF_HEARTBEAT_VOTE_LATER;
    }

    void action_cancelled(std::uint64_t id, vnf_heartbeat_cancel_reason reason, const char* text) override {
        pending_.erase(id);
        say(std::string("no answer needed any more: ") + vnf_heartbeat_cancel_reason_name(reason) + " (" +
            text + ")");
    }

    void action_extended(std::uint64_t, bool granted, std::uint32_t remaining_ms) override {
        say(std::string("more time ") + (granted ? "granted, " : "refused, ") + std::to_string(remaining_ms) +
            " ms left");
    }

  private:
    /// An action that was not answered at once.
    struct Pending {
        vnf_heartbeat_event event;
        vnf_heartbeat_notification notification;
        Clock::time_point answer_at;
    };

    static std::size_t index(vnf_heartbeat_event event) {
        return event > 0 && event < HEARTBEAT_EVENTS ? static_cast<std::size_t>(event) : 0;
    }

    vnf_heartbeat_corrective_action corrective_action() const {
        const auto configured = options_.config.corrective_action;
        return configured == VNF_HEARTBEAT_ACTION_UNKNOWN ? VNF_HEARTBEAT_ACTION_LOG : configured;
    }

    /// The application's decision: the reason of a rejection, or no objection.
    const char* decide(const Pending& action) const {
        const bool is_vote = action.notification == VNF_HEARTBEAT_NOTIFICATION_REVOCABLE;
        return is_vote ? options_.reject[index(action.event)] : nullptr;
    }

    void answer(std::uint64_t id, const Pending& action) {
        const char* const objection = decide(action);
        const auto error = registration_.respond(
            id, objection != nullptr ? VNF_HEARTBEAT_VOTE_REJECT : VNF_HEARTBEAT_VOTE_ACCEPT, objection);
        std::string line = "answer to " + title(action.event, action.notification) + ": ";
        line += objection != nullptr ? std::string("reject, ") + objection : "no objection";
        if (error != VNF_HEARTBEAT_OK)
            line += std::string(" (not sent: ") + vnf_heartbeat_strerror(error) + ")";
        say(line);
    }

    void say(const std::string& line) const { std::printf("%s: %s\n", options_.config.name, line.c_str()); }

    const heartbeat_options& options_;
    vnf::heartbeat::Registration registration_;
    std::map<std::uint64_t, Pending> pending_;
    bool unhealthy_ = false;
};

int open_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool watch(int epoll, int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/// A zero would disarm the timer, so "now" is one nanosecond.
void arm(int timer, std::optional<milliseconds> wait) {
    itimerspec when{};
    if (wait) {
        when.it_value.tv_sec = wait->count() / 1000;
        when.it_value.tv_nsec = std::max<long>(wait->count() % 1000 * 1000000, 1);
    }
    ::timerfd_settime(timer, 0, &when, nullptr);
}

/// False when asked to end.
bool handle_signals(int signals, Application& application) {
    signalfd_siginfo info{};
    while (::read(signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        if (info.ssi_signo != SIGUSR1)
            return false;
        application.toggle_health();
    }
    return true;
}

bool run(Application& application) {
    const Descriptor signals(open_signals());
    const Descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    const Descriptor loop(::epoll_create1(EPOLL_CLOEXEC));
    if (!watch(loop.get(), application.fd()) || !watch(loop.get(), signals.get()) ||
        !watch(loop.get(), timer.get()))
        return false;
    while (handle_signals(signals.get(), application)) {
        if (application.dispatch() != VNF_HEARTBEAT_OK)
            return false;
        application.answer_due();
        arm(timer.get(), application.next_timeout());
        epoll_event event{};
        if (::epoll_wait(loop.get(), &event, 1, -1) < 0 && errno != EINTR)
            return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    heartbeat_options options;
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    heartbeat_parse_options(argc, argv, &options);
    Application application(options);
    const vnf_heartbeat_error error = application.open();
    if (error != VNF_HEARTBEAT_OK) {
        std::fprintf(stderr, "%s: %s\n", argv[0], vnf_heartbeat_strerror(error));
        return error == VNF_HEARTBEAT_ERROR_SYSTEM || error == VNF_HEARTBEAT_ERROR_NO_MEMORY ? 1 : 2;
    }
    const bool ended_well = run(application);
    application.leave();
    return ended_well ? 0 : 1;
}
