// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// libheartbeat for C++: a registration that closes itself and a handler with virtual functions, header-only,
// over vnf/heartbeat.h, which documents every call. No C++ standard library type, so any compiler's will do
// (C++11 on).
#ifndef VNF_HEARTBEAT_HPP
#define VNF_HEARTBEAT_HPP

#include "vnf/heartbeat.h"

namespace vnf {
namespace heartbeat {

/// What the application implements. Called from Registration::dispatch() only, without a lock held; must not
/// throw.
class Handler {
  public:
    virtual ~Handler() = default;
    virtual void state_changed(const vnf_heartbeat_state_info& /*info*/) {}
    virtual void health_check(vnf_heartbeat_health& /*health*/) {}
    virtual vnf_heartbeat_vote action(const vnf_heartbeat_action& /*action*/) {
        return VNF_HEARTBEAT_VOTE_ACCEPT;
    }
    virtual void action_cancelled(uint64_t /*id*/, vnf_heartbeat_cancel_reason /*reason*/,
                                  const char* /*text*/) {}
    virtual void action_extended(uint64_t /*id*/, bool /*granted*/, uint32_t /*remaining_ms*/) {}

  protected:
    Handler() = default;
    Handler(const Handler&) = default;
    Handler& operator=(const Handler&) = default;
};

/// One handle, owned. The handler must outlive it. Empty until open() succeeds; every call on an empty one
/// returns VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT.
class Registration {
  public:
    Registration() = default;
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    Registration(Registration&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
    Registration& operator=(Registration&& other) noexcept {
        if (this != &other) {
            close();
            handle_ = other.handle_;
            other.handle_ = nullptr;
        }
        return *this;
    }
    ~Registration() { close(); }

    /// Closes what was open, then opens anew.
    vnf_heartbeat_error open(const vnf_heartbeat_config& config, Handler& handler) {
        close();
        const vnf_heartbeat_callbacks callbacks = trampolines();
        return vnf_heartbeat_open(&config, &callbacks, &handler, &handle_);
    }
    void close() {
        vnf_heartbeat* const handle = handle_;
        handle_ = nullptr;
        vnf_heartbeat_close(handle);
    }

    explicit operator bool() const { return handle_ != nullptr; }
    vnf_heartbeat* get() const { return handle_; }
    int fd() const { return vnf_heartbeat_get_fd(handle_); }
    int next_timeout() const { return vnf_heartbeat_next_timeout(handle_); }
    /// After VNF_HEARTBEAT_ERROR_CLOSED this object may be gone: a handler closed it.
    vnf_heartbeat_error dispatch() { return vnf_heartbeat_dispatch(handle_); }

    vnf_heartbeat_error register_again() { return vnf_heartbeat_register(handle_); }
    vnf_heartbeat_error deregister(const char* reason) { return vnf_heartbeat_deregister(handle_, reason); }
    vnf_heartbeat_state_info state() const {
        vnf_heartbeat_state_info info = {};
        info.size = sizeof info;
        vnf_heartbeat_get_state(handle_, &info);
        return info;
    }

    vnf_heartbeat_error report_healthy(const char* reason = nullptr) {
        return vnf_heartbeat_report_health(handle_, 1, VNF_HEARTBEAT_ACTION_NONE, reason);
    }
    vnf_heartbeat_error report_unhealthy(vnf_heartbeat_corrective_action action, const char* reason) {
        return vnf_heartbeat_report_health(handle_, 0, action, reason);
    }

    vnf_heartbeat_error respond(uint64_t id, vnf_heartbeat_vote vote, const char* reason = nullptr) {
        return vnf_heartbeat_respond(handle_, id, vote, reason);
    }
    vnf_heartbeat_error extend(uint64_t id, uint32_t extra_ms, const char* reason = nullptr) {
        return vnf_heartbeat_extend(handle_, id, extra_ms, reason);
    }
    vnf_heartbeat_error remaining(uint64_t id, uint32_t& remaining_ms) const {
        return vnf_heartbeat_action_remaining(handle_, id, &remaining_ms);
    }

  private:
    static Handler& handler(void* context) { return *static_cast<Handler*>(context); }
    static vnf_heartbeat_callbacks trampolines() {
        vnf_heartbeat_callbacks callbacks;
        vnf_heartbeat_callbacks_init(&callbacks);
        callbacks.state_changed = [](vnf_heartbeat*, const vnf_heartbeat_state_info* info, void* context) {
            handler(context).state_changed(*info);
        };
        callbacks.health_check = [](vnf_heartbeat*, vnf_heartbeat_health* health, void* context) {
            handler(context).health_check(*health);
        };
        callbacks.action = [](vnf_heartbeat*, const vnf_heartbeat_action* action, void* context) {
            return handler(context).action(*action);
        };
        callbacks.action_cancelled = [](vnf_heartbeat*, uint64_t id, vnf_heartbeat_cancel_reason reason,
                                        const char* text, void* context) {
            handler(context).action_cancelled(id, reason, text);
        };
        callbacks.action_extended = [](vnf_heartbeat*, uint64_t id, int32_t granted, uint32_t remaining_ms,
                                       void* context) {
            handler(context).action_extended(id, granted != 0, remaining_ms);
        };
        return callbacks;
    }

    vnf_heartbeat* handle_ = nullptr;
};

}  // namespace heartbeat
}  // namespace vnf

#endif
