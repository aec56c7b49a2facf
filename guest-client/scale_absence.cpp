// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See scale_absence.hpp.
#include "guest-client/scale_absence.hpp"

#include <string>

#include "wire/scale_message.hpp"

namespace vnf::guest {
namespace {

std::string reason_of(Delivery delivery) {
    switch (delivery) {
        case Delivery::Taken:
        case Delivery::Absent:
            break;
        case Delivery::QueueFull:
            return "the scale agent of the guest does not read";
        case Delivery::TooLong:
            return "the request is too long";
        case Delivery::Failed:
            return "the scale agent of the guest can't be reached";
    }
    return "no scale agent listens in the guest";
}

}  // namespace

std::optional<wire::JsonText> answer_for_scale_agent(const wire::JsonText& request, Delivery delivery) {
    const auto input = wire::parse_scale_request(request);
    if (const auto* asked = std::get_if<wire::ScaleRequest>(&input)) {
        wire::ScaleFailed failed{wire::echo_of(*asked), reason_of(delivery)};
        failed.absent = delivery == Delivery::Absent;
        return encode(wire::ScaleResponse(failed), asked->peer);
    }
    if (const auto* refused = std::get_if<wire::ScaleRefused>(&input)) {
        return encode(wire::ScaleResponse(refused->answer), refused->peer);
    }
    return std::nullopt;
}

}  // namespace vnf::guest
