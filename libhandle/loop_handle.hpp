// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle that an application's event loop hosts: a Session (a state machine without descriptors), the Link to its daemon,
// the callbacks, and who may be inside (see DispatchGate). A library derives what its C interface calls a handle from
// it, and adds its requests and what it tells the application. A forked child's copy refuses everything but close().
//
// Types names the library's: Session, Settings, Link, Callbacks, Error; and its words for Error: ok, closed, in_dispatch,
// system.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "back_off.hpp"
#include "dispatch_gate.hpp"

namespace vnf::libhandle {

template <typename Types>
class LoopHandle {
  public:
    using Error = typename Types::Error;

    LoopHandle(typename Types::Settings settings, const typename Types::Callbacks& callbacks, void* context)
        : process_(::getpid()),
          callbacks_(callbacks),
          context_(context),
          session_(std::move(settings), back_off_seed(this)) {}
    LoopHandle(const LoopHandle&) = delete;
    LoopHandle& operator=(const LoopHandle&) = delete;

    bool is_foreign() const { return ::getpid() != process_; }  ///< this process is a fork of the handle's
    int wait_descriptor() const { return link_.wait_descriptor(); }
    int next_timeout();
    Error dispatch();
    template <typename StateInfo>
    Error get_state(StateInfo& info);
    void close();
    void close_in_child();

  protected:
    using Lock = DispatchGate::Lock;
    using Session = typename Types::Session;
    using TimePoint = std::chrono::steady_clock::time_point;

    virtual ~LoopHandle() = default;

    /// The last step of opening: `fresh` goes to `handle`; or, without a descriptor left, is gone.
    template <typename Handle>
    static Error hand_over(Handle* fresh, Handle** handle);

    virtual void connect(TimePoint now) = 0;
    virtual void read_link(TimePoint now) = 0;
    /// Brings the descriptors in line with the session, after anything that may have changed it.
    virtual void settle();
    /// Something is to be done that the socket itself does not make readable.
    virtual bool has_more_to_do() { return session_.event_count() != 0 || write_error_ != 0; }
    /// Calls into the application, without the lock.
    virtual void call_back(Lock& lock, const typename Types::Event& event) = 0;
    /// Before the handle is freed.
    virtual void say_goodbye() { link_.close(); }

    void wake_if_due();
    /// After a request: what it queued goes out.
    void settle_request();

    const pid_t process_;
    const typename Types::Callbacks callbacks_;
    void* const context_;

    DispatchGate gate_;
    int write_error_ = 0;  ///< the daemon takes nothing any more; what it said before is still to be read
    Session session_;
    typename Types::Link link_;

  private:
    friend class DispatchScope<LoopHandle>;

    void advance();
    void deliver(Lock& lock);
};

template <typename Types>
template <typename Handle>
typename Types::Error LoopHandle<Types>::hand_over(Handle* fresh, Handle** handle) {
    if (!fresh->link_.create()) {
        const int system_error = errno;
        delete fresh;
        errno = system_error;
        return Types::system;
    }
    *handle = fresh;
    return Types::ok;
}

// ---- closing ----

template <typename Types>
void LoopHandle<Types>::close() {
    Lock lock(gate_.mutex());
    say_goodbye();
    if (!gate_.close(lock))
        return;
    lock.unlock();
    delete this;
}

/// Another thread of the parent may have held the lock in the moment of the fork; then its state is unusable,
/// and leaking it is all that is safe.
template <typename Types>
void LoopHandle<Types>::close_in_child() {
    if (!gate_.mutex().try_lock())
        return;
    link_.abandon();
    gate_.mutex().unlock();
    delete this;
}

// ---- the loop ----

template <typename Types>
int LoopHandle<Types>::next_timeout() {
    const Lock lock(gate_.mutex());
    if (session_.event_count() != 0)
        return 0;
    const auto deadline = session_.deadline();
    if (!deadline)
        return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

template <typename Types>
typename Types::Error LoopHandle<Types>::dispatch() {
    Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return Types::closed;
    if (gate_.is_dispatching())
        return Types::in_dispatch;
    const DispatchScope scope(*this, gate_, lock);
    link_.clear_wake();
    advance();
    deliver(lock);
    if (gate_.is_closing())
        return Types::closed;
    session_.tick(std::chrono::steady_clock::now());
    settle();
    wake_if_due();
    return Types::ok;
}

template <typename Types>
void LoopHandle<Types>::advance() {
    const TimePoint now = std::chrono::steady_clock::now();
    session_.tick(now);
    settle();
    if (link_.is_open())
        read_link(now);
    else if (session_.wants_connection(now))
        connect(now);
    settle();
}

/// As many events as there are now: one that a callback causes waits for the next dispatch, so this ends.
template <typename Types>
void LoopHandle<Types>::deliver(Lock& lock) {
    for (std::size_t left = session_.event_count(); left != 0 && !gate_.is_closing(); --left) {
        const auto event = session_.next_event();
        if (!event)
            return;
        call_back(lock, *event);
    }
}

template <typename Types>
void LoopHandle<Types>::settle() {
    if (link_.is_open() && !session_.has_connection())
        link_.close();
    if (!link_.is_open())
        write_error_ = 0;
    else if (write_error_ == 0)
        write_error_ = link_.write(session_.outbox());
}

/// The loop may wait in another thread than this one.
template <typename Types>
void LoopHandle<Types>::wake_if_due() {
    if (has_more_to_do())
        link_.wake();
}

// ---- requests ----

/// A dispatch under way looks for itself when its callback returns.
template <typename Types>
void LoopHandle<Types>::settle_request() {
    settle();
    if (!gate_.is_dispatching())
        wake_if_due();
}

/// As much of it as the caller's struct has room for.
template <typename Types>
template <typename StateInfo>
typename Types::Error LoopHandle<Types>::get_state(StateInfo& info) {
    const Lock lock(gate_.mutex());
    const StateInfo known = describe(session_.state());
    const std::uint32_t size = std::min<std::uint32_t>(info.size, sizeof known);
    std::memcpy(&info, &known, size);
    info.size = size;
    return Types::ok;
}

}  // namespace vnf::libhandle
