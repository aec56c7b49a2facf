// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The envelopes of the channel `cgcs.messaging`, version 2, on each of their hops (server-group specification,
// sections 1.2-1.5). What an envelope carries is a JsonText: server_group_message and scale_message read it.
// Values in, one datagram or line out, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "wire/json_text.hpp"
#include "wire/parse_error.hpp"

namespace vnf::wire {

inline constexpr std::int32_t messaging_version = 2;
/// Longest line on the port and longest datagram accepted, without LFs (section 1.2).
inline constexpr std::size_t messaging_line_limit = 64 * 1024;
/// What an old application or old nova takes of one datagram (hops C and F, section 1.5).
inline constexpr std::size_t old_datagram_limit = 4096;
/// Longest address: an abstract name beside its leading NUL (section 1.4).
inline constexpr std::size_t service_address_limit = 107;
/// Longest instance name of the envelopes that only hosts see.
inline constexpr std::size_t instance_name_limit = 107;

inline constexpr std::string_view messaging_agent_address = "cgcs.messaging";
inline constexpr std::string_view server_group_address = "cgcs.server_grp";
inline constexpr std::string_view scale_address = "cgcs.scale";

/// Hop A: a service of the guest to guest-client.
struct ServiceRequest {
    std::string dest_addr;
    JsonText data;
    friend bool operator==(const ServiceRequest&, const ServiceRequest&) = default;
};

/// Hops B and E: over the port, either way.
struct PortEnvelope {
    std::string dest_addr, source_addr;
    JsonText data;
    friend bool operator==(const PortEnvelope&, const PortEnvelope&) = default;
};

/// Hop F: guest-client to a service of the guest.
struct ServiceDelivery {
    std::string source_addr;
    JsonText data;
    friend bool operator==(const ServiceDelivery&, const ServiceDelivery&) = default;
};

/// Hop D: a service of the host to the host's agent.
struct HostServiceRequest {
    std::string dest_addr, dest_instance;
    JsonText data;
    friend bool operator==(const HostServiceRequest&, const HostServiceRequest&) = default;
};

/// Hop C: the host's agent to a service of the host.
struct HostServiceDelivery {
    std::string source_addr, source_instance;
    JsonText data;
    friend bool operator==(const HostServiceDelivery&, const HostServiceDelivery&) = default;
};

/// Each reads one whole datagram, which may be padded with NULs, or one line without its LFs. Keys in any order, unknown ones ignored, of equal keys
/// the first counts. `version` is the integer 2, or what the old C peers took for it: "2", 2.0 (section 1.3); else
/// BadVersion. Addresses: is_service_address (OutOfRange); instance names: 1 to 107 bytes without control characters
/// (OutOfRange). A missing or null key is MissingField. `data` may be any JSON value but null, nested at most 31 deep.
std::variant<ServiceRequest, ParseError> parse_service_request(std::string_view datagram);
std::variant<PortEnvelope, ParseError> parse_port_envelope(std::string_view line);
std::variant<ServiceDelivery, ParseError> parse_service_delivery(std::string_view datagram);
std::variant<HostServiceRequest, ParseError> parse_host_service_request(std::string_view datagram);
std::variant<HostServiceDelivery, ParseError> parse_host_service_delivery(std::string_view datagram);

/// The keys in the order in which the old agents emit them. A datagram has no LF. Data near messaging_line_limit may make
/// more than that: who forwards looks at the size.
std::string encode(const ServiceRequest& message);
std::string encode(const ServiceDelivery& message);
std::string encode(const HostServiceRequest& message);
std::string encode(const HostServiceDelivery& message);
/// LF, the object, LF, for one write (section 1.2).
std::string encode(const PortEnvelope& message);

/// Resynchronises an old guest's parser, which no LF alone does (section 1.2): first bytes after a connect and after a
/// message that was cut.
inline constexpr std::string_view messaging_resynchronisation = " \n";

/// 1 to 107 bytes of printable ASCII without blank, quote and backslash.
bool is_service_address(std::string_view text);

}  // namespace vnf::wire
