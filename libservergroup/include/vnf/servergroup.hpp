// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// libservergroup for C++: a handle that closes itself and a handler with virtual functions, header-only, over
// vnf/servergroup.h, which documents every call. No C++ standard library type, so any compiler's will do (C++11 on).
#ifndef VNF_SERVERGROUP_HPP
#define VNF_SERVERGROUP_HPP

#include "vnf/servergroup.h"

namespace vnf {
namespace servergroup {

/// What the application implements. Called from Membership::dispatch() only, without a lock held; must not throw.
class Handler {
  public:
    virtual ~Handler() = default;
    virtual void state_changed(const vnf_sg_state_info& /*info*/) {}
    virtual void broadcast(const char* /*source*/, const char* /*text*/, size_t /*length*/) {}
    virtual void notification(const vnf_sg_notification& /*notification*/) {}
    virtual void status(const vnf_sg_status& /*status*/) {}
    virtual void membership(const vnf_sg_change& /*change*/) {}
    virtual void missed(uint32_t /*messages*/) {}
    virtual void refused(const char* /*message_type*/, const char* /*reason*/) {}
    virtual void unsent(uint32_t /*messages*/, const char* /*reason*/) {}

  protected:
    Handler() = default;
    Handler(const Handler&) = default;
    Handler& operator=(const Handler&) = default;
};

/// One handle, owned. The handler must outlive it. Empty until open() succeeds; every call on an empty one returns
/// VNF_SG_ERROR_INVALID_ARGUMENT.
class Membership {
  public:
    Membership() = default;
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;
    Membership(Membership&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
    Membership& operator=(Membership&& other) noexcept {
        if (this != &other) {
            close();
            handle_ = other.handle_;
            other.handle_ = nullptr;
        }
        return *this;
    }
    ~Membership() { close(); }

    /// Closes what was open, then opens anew.
    vnf_sg_error open(const vnf_sg_config& config, Handler& handler) {
        close();
        const vnf_sg_callbacks callbacks = trampolines();
        return vnf_sg_open(&config, &callbacks, &handler, &handle_);
    }
    void close() {
        vnf_sg* const handle = handle_;
        handle_ = nullptr;
        vnf_sg_close(handle);
    }

    explicit operator bool() const { return handle_ != nullptr; }
    vnf_sg* get() const { return handle_; }
    int fd() const { return vnf_sg_get_fd(handle_); }
    int next_timeout() const { return vnf_sg_next_timeout(handle_); }
    /// After VNF_SG_ERROR_CLOSED this object may be gone: a handler closed it.
    vnf_sg_error dispatch() { return vnf_sg_dispatch(handle_); }
    vnf_sg_state_info state() const {
        vnf_sg_state_info info = {};
        info.size = sizeof info;
        vnf_sg_get_state(handle_, &info);
        return info;
    }

    vnf_sg_error broadcast(const char* text, size_t length) {
        return vnf_sg_broadcast(handle_, text, length);
    }
    vnf_sg_error broadcast(const char* text) { return broadcast(text, strlen(text)); }
    vnf_sg_error request_status() { return vnf_sg_request_status(handle_); }

  private:
    static Handler& handler(void* context) { return *static_cast<Handler*>(context); }
    static vnf_sg_callbacks trampolines() {
        vnf_sg_callbacks callbacks;
        vnf_sg_callbacks_init(&callbacks);
        callbacks.state_changed = [](vnf_sg*, const vnf_sg_state_info* info, void* context) {
            handler(context).state_changed(*info);
        };
        callbacks.broadcast = [](vnf_sg*, const char* source, const char* text, size_t length,
                                 void* context) {
            handler(context).broadcast(source, text, length);
        };
        callbacks.notification = [](vnf_sg*, const vnf_sg_notification* notification, void* context) {
            handler(context).notification(*notification);
        };
        callbacks.status = [](vnf_sg*, const vnf_sg_status* status, void* context) {
            handler(context).status(*status);
        };
        callbacks.membership = [](vnf_sg*, const vnf_sg_change* change, void* context) {
            handler(context).membership(*change);
        };
        callbacks.missed = [](vnf_sg*, uint32_t messages, void* context) {
            handler(context).missed(messages);
        };
        callbacks.refused = [](vnf_sg*, const char* message_type, const char* reason, void* context) {
            handler(context).refused(message_type, reason);
        };
        callbacks.unsent = [](vnf_sg*, uint32_t messages, const char* reason, void* context) {
            handler(context).unsent(messages, reason);
        };
        return callbacks;
    }

    vnf_sg* handle_ = nullptr;
};

}  // namespace servergroup
}  // namespace vnf

#endif
