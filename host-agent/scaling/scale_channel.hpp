// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The messaging ports' view of scaling: whose address is whose, and where an answer goes.
#pragma once

#include <string>

#include "wire/json_text.hpp"

namespace vnf::host {

class ScaleChannel {
  public:
    virtual ~ScaleChannel() = default;
    /// The one address besides its group's that this guest reaches; empty: none.
    virtual std::string scale_address(const std::string& id) const = 0;
    virtual void messaging_up(const std::string& id) = 0;
    virtual void messaging_down(const std::string& id) = 0;
    /// What the guest sent to its own address.
    virtual void scale_reply(const std::string& id, const wire::JsonText& data) = 0;
};

}  // namespace vnf::host
