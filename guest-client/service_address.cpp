// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Between names and sockaddr_un.
#include "guest-client/service_address.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstring>

#include "wire/messaging_envelope.hpp"

namespace vnf::guest {

constexpr std::size_t name_begins = offsetof(sockaddr_un, sun_path) + 1;

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
    if (size < name_begins) {
        return ServiceRefusal::Unbound;
    }
    if (address.sun_path[0] != '\0') {
        return ServiceRefusal::PathBound;
    }
    const std::size_t length = std::min<std::size_t>(size, sizeof address) - name_begins;
    std::string name(&address.sun_path[1], length);
    if (!wire::is_service_address(name)) {
        return ServiceRefusal::BadName;
    }
    return name;
}

AbstractAddress::AbstractAddress(std::string_view name) {
    assert(!name.empty() && name.size() < sizeof address.sun_path);
    address.sun_family = AF_UNIX;
    std::memcpy(&address.sun_path[1], name.data(), std::min(name.size(), sizeof address.sun_path - 1));
    size = static_cast<socklen_t>(name_begins + name.size());
}

}  // namespace vnf::guest
