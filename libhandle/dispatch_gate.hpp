// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who may be inside a handle. Every function takes the lock; callbacks run without it, so that they may call any
// function again. Only one dispatch runs at a time. close() from inside its callback leaves the freeing to that
// dispatch; from another thread it waits for it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

namespace vnf::libhandle {

class DispatchGate {
  public:
    using Lock = std::unique_lock<std::mutex>;

    std::mutex& mutex() { return mutex_; }
    bool is_closing() const { return closing_ != Closing::No; }
    bool is_dispatching() const { return is_dispatching_; }

    /// True: nothing runs any more, and the caller frees the handle. False: a callback called, and the dispatch
    /// around it frees.
    bool close(Lock& lock);

  private:
    template <typename Handle>
    friend class DispatchScope;
    enum class Closing { No, ByCallback, ByOtherThread };

    void begin();
    /// True if the handle is to be freed once the lock is released.
    bool end();

    std::mutex mutex_;
    std::condition_variable ended_;
    Closing closing_ = Closing::No;
    bool is_dispatching_ = false;
    std::thread::id dispatcher_;
};

/// Marks the handle as dispatching for as long as it lives; frees it if a callback has closed it.
template <typename Handle>
class DispatchScope {
  public:
    DispatchScope(Handle& handle, DispatchGate& gate, DispatchGate::Lock& lock)
        : handle_(handle), gate_(gate), lock_(lock) {
        gate_.begin();
    }
    DispatchScope(const DispatchScope&) = delete;
    DispatchScope& operator=(const DispatchScope&) = delete;
    ~DispatchScope() {
        const bool must_free = gate_.end();
        lock_.unlock();
        if (must_free)
            delete &handle_;
    }

  private:
    Handle& handle_;
    DispatchGate& gate_;
    DispatchGate::Lock& lock_;
};

/// Around a call into the application.
class Unlocked {
  public:
    explicit Unlocked(DispatchGate::Lock& lock) : lock_(lock) { lock_.unlock(); }
    Unlocked(const Unlocked&) = delete;
    Unlocked& operator=(const Unlocked&) = delete;
    ~Unlocked() { lock_.lock(); }

  private:
    DispatchGate::Lock& lock_;
};

}  // namespace vnf::libhandle
