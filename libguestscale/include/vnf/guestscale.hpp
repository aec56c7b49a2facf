// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// libguestscale for C++: a handle that closes itself and a handler with virtual functions, header-only, over
// vnf/guestscale.h, which documents every call. No C++ standard library type, so any compiler's will do (C++11 on).
#ifndef VNF_GUESTSCALE_HPP
#define VNF_GUESTSCALE_HPP

#include "vnf/guestscale.h"

namespace vnf {
namespace guestscale {

/// What the application implements. Called from Subscription::dispatch() only, without a lock held; must not throw.
class Handler {
  public:
    virtual ~Handler() = default;
    virtual void state_changed(const vnf_gs_state_info& /*info*/) {}
    /// Answered by the subscription's ready(), refuse() or, by default, its return.
    virtual void about(const vnf_gs_about& /*about*/) {}
    virtual void done(const vnf_gs_done& /*done*/) {}

  protected:
    Handler() = default;
    Handler(const Handler&) = default;
    Handler& operator=(const Handler&) = default;
};

/// One handle, owned. The handler must outlive it. Empty until open() succeeds; every call on an empty one returns
/// VNF_GS_ERROR_INVALID_ARGUMENT.
class Subscription {
  public:
    Subscription() = default;
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    Subscription(Subscription&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
    Subscription& operator=(Subscription&& other) noexcept {
        if (this != &other) {
            close();
            handle_ = other.handle_;
            other.handle_ = nullptr;
        }
        return *this;
    }
    ~Subscription() { close(); }

    /// Closes what was open, then opens anew.
    vnf_gs_error open(const vnf_gs_config& config, Handler& handler) {
        close();
        const vnf_gs_callbacks callbacks = trampolines();
        return vnf_gs_open(&config, &callbacks, &handler, &handle_);
    }
    void close() {
        vnf_gs* const handle = handle_;
        handle_ = nullptr;
        vnf_gs_close(handle);
    }

    explicit operator bool() const { return handle_ != nullptr; }
    vnf_gs* get() const { return handle_; }
    int fd() const { return vnf_gs_get_fd(handle_); }
    int next_timeout() const { return vnf_gs_next_timeout(handle_); }
    /// After VNF_GS_ERROR_CLOSED this object may be gone: a handler closed it.
    vnf_gs_error dispatch() { return vnf_gs_dispatch(handle_); }
    vnf_gs_state_info state() const {
        vnf_gs_state_info info = {};
        info.size = sizeof info;
        vnf_gs_get_state(handle_, &info);
        return info;
    }

    vnf_gs_error ready(uint32_t event) { return vnf_gs_ready(handle_, event); }
    vnf_gs_error refuse(uint32_t event, const char* reason) { return vnf_gs_refuse(handle_, event, reason); }
    vnf_gs_error choose(uint32_t event, int32_t cpu) { return vnf_gs_choose(handle_, event, cpu); }
    vnf_gs_error record_affinity() { return vnf_gs_record_affinity(handle_); }
    vnf_gs_error restore_affinity(uint32_t* threads = nullptr) {
        return vnf_gs_restore_affinity(handle_, threads);
    }

  private:
    static Handler& handler(void* context) { return *static_cast<Handler*>(context); }
    static vnf_gs_callbacks trampolines() {
        vnf_gs_callbacks callbacks;
        vnf_gs_callbacks_init(&callbacks);
        callbacks.state_changed = [](vnf_gs*, const vnf_gs_state_info* info, void* context) {
            handler(context).state_changed(*info);
        };
        callbacks.about = [](vnf_gs*, const vnf_gs_about* about, void* context) {
            handler(context).about(*about);
        };
        callbacks.done = [](vnf_gs*, const vnf_gs_done* done, void* context) {
            handler(context).done(*done);
        };
        return callbacks;
    }

    vnf_gs* handle_ = nullptr;
};

/// For loops over a set: for (int32_t cpu : each(info.online)).
class EachCpu {
  public:
    class Iterator {
      public:
        Iterator(const vnf_gs_cpus& cpus, int32_t cpu) : cpus_(&cpus), cpu_(cpu) {}
        int32_t operator*() const { return cpu_; }
        Iterator& operator++() {
            cpu_ = vnf_gs_cpus_next(cpus_, cpu_ + 1);
            return *this;
        }
        bool operator!=(const Iterator& other) const { return cpu_ != other.cpu_; }

      private:
        const vnf_gs_cpus* cpus_;
        int32_t cpu_;
    };
    explicit EachCpu(const vnf_gs_cpus& cpus) : cpus_(&cpus) {}
    Iterator begin() const { return Iterator(*cpus_, vnf_gs_cpus_next(cpus_, 0)); }
    Iterator end() const { return Iterator(*cpus_, -1); }

  private:
    const vnf_gs_cpus* cpus_;
};
/// The set must outlive the loop.
inline EachCpu each(const vnf_gs_cpus& cpus) {
    return EachCpu(cpus);
}

}  // namespace guestscale
}  // namespace vnf

#endif
