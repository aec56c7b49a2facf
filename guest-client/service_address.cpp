// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Words and names.
#include "guest-client/service_address.hpp"

#include "runtime/local_datagram.hpp"
#include "wire/messaging_envelope.hpp"

namespace vnf::guest {

std::string_view word(ServiceRefusal refusal) {
    switch (refusal) {
        case ServiceRefusal::Unbound:
            return "unbound";
        case ServiceRefusal::PathBound:
            return "path_bound";
        case ServiceRefusal::BadName:
            return "bad_name";
        case ServiceRefusal::Empty:
            return "empty";
        case ServiceRefusal::Truncated:
            return "truncated";
        case ServiceRefusal::NotAllowed:
            return "not_allowed";
        case ServiceRefusal::Malformed:
            return "malformed";
        case ServiceRefusal::QueueFull:
            return "queue_full";
        case ServiceRefusal::NoLink:
            return "no_link";
    }
    return "";
}

std::variant<std::string, ServiceRefusal> service_name(const sockaddr_un& address, socklen_t size) {
    if (size <= sizeof address.sun_family) {
        return ServiceRefusal::Unbound;
    }
    std::optional<std::string> name = runtime::abstract_name(address, size);
    if (!name) {
        return ServiceRefusal::PathBound;
    }
    if (!wire::is_service_address(*name)) {
        return ServiceRefusal::BadName;
    }
    return std::move(*name);
}

}  // namespace vnf::guest
