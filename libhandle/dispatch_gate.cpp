// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "dispatch_gate.hpp"

namespace vnf::libhandle {

bool DispatchGate::close(Lock& lock) {
    if (is_dispatching_ && dispatcher_ == std::this_thread::get_id()) {
        closing_ = Closing::ByCallback;
        return false;
    }
    closing_ = Closing::ByOtherThread;
    ended_.wait(lock, [this] { return !is_dispatching_; });
    return true;
}

void DispatchGate::begin() {
    is_dispatching_ = true;
    dispatcher_ = std::this_thread::get_id();
}

bool DispatchGate::end() {
    is_dispatching_ = false;
    if (closing_ == Closing::ByOtherThread)
        ended_.notify_all();
    return closing_ == Closing::ByCallback;
}

}  // namespace vnf::libhandle
