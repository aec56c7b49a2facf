// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What travels in an envelope to and from `cgcs.scale` (server-group specification, sections 4.1, 4.2), and what our own
// peers add (docs/protocol.md, section 5): a request that says "refusal":true comes from a host of ours, and only such a
// host is sent the new keys. Which vCPU goes, when, and for how long is the agents' business.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "wire/cpu_list.hpp"
#include "wire/json_text.hpp"
#include "wire/parse_error.hpp"
#include "wire/scale_words.hpp"

namespace vnf::wire {

/// What is echoed of a request that was refused is cut at this.
inline constexpr std::size_t scale_echo_limit = 63;

/// What the host of a request understands.
enum class ScalePeer : std::uint8_t {
    Old,   ///< the old keys
    Ours,  ///< also `refused`, `online_cpus` and `absent` in a failure
};

// ---- host to guest ---------------------------------------------------------------------------------------

/// The guest chooses the vCPU.
struct ScaleDown {
    friend bool operator==(const ScaleDown&, const ScaleDown&) = default;
};
/// The host names the vCPU.
struct ScaleUp {
    Cpu cpu;
    /// As the host expects it afterwards, for the helper; old hosts also leave `cpu` out of it.
    CpuSet online;
    friend bool operator==(const ScaleUp&, const ScaleUp&) = default;
};
/// Nothing changes; answered with ScaleOnline. Only to a guest that named Capability::Scale: an old one has no answer.
struct ScaleStatus {
    friend bool operator==(const ScaleStatus&, const ScaleStatus&) = default;
};

struct ScaleRequest {
    std::variant<ScaleDown, ScaleUp, ScaleStatus> change;
    std::chrono::milliseconds timeout{0};  ///< from arrival; 0 to 2^31-1
    ScalePeer peer = ScalePeer::Old;
    friend bool operator==(const ScaleRequest&, const ScaleRequest&) = default;
};

/// The host could not use an answer; for the log.
struct ScaleNack {
    std::string log;  ///< at most 399 bytes
    friend bool operator==(const ScaleNack&, const ScaleNack&) = default;
};

// ---- guest to host ---------------------------------------------------------------------------------------

struct ScaledDown {
    Cpu cpu;
    CpuSet online;  ///< read after the change
    friend bool operator==(const ScaledDown&, const ScaledDown&) = default;
};
struct ScaledUp {
    Cpu cpu;
    CpuSet online;
    friend bool operator==(const ScaledUp&, const ScaledUp&) = default;
};
struct ScaleOnline {
    CpuSet online;
    friend bool operator==(const ScaleOnline&, const ScaleOnline&) = default;
};
/// The `resource` and `direction` of a request as they came, cut and cleaned; empty: the key is left out.
struct ScaleEcho {
    std::string resource = "cpu", direction;
    friend bool operator==(const ScaleEcho&, const ScaleEcho&) = default;
};
/// The echo of a request that was understood.
ScaleEcho echo_of(const ScaleRequest& request);

struct ScaleFailed {
    ScaleEcho echo;
    std::string reason;              ///< err_msg, at most 399 bytes of UTF-8
    bool refused = false;            ///< an application said no: binding
    std::optional<CpuSet> online{};  ///< as it is after the failure
    bool absent = false;             ///< said by guest-client: no scale agent listens, nothing was changed
    friend bool operator==(const ScaleFailed&, const ScaleFailed&) = default;
};

using ScaleResponse = std::variant<ScaledDown, ScaledUp, ScaleOnline, ScaleFailed>;

// ---- what a guest makes of what it gets ------------------------------------------------------------------

/// No reply, only a log: no object, a wrong version, or msg_type missing or another (specification 4.2).
struct ScaleUnanswered {
    ParseError error;
};
/// To be answered with `answer`, whose reason names the key.
struct ScaleRefused {
    ScaleFailed answer;
    ParseReason reason;
    ScalePeer peer = ScalePeer::Old;
};
using ScaleInput = std::variant<ScaleRequest, ScaleNack, ScaleRefused, ScaleUnanswered>;

// ---- codec: `data` of an envelope ------------------------------------------------------------------------

/// `version` is the integer 2 (or "2", 2.0). Numbers are integers, vCPUs 0 to 4095, `online_cpus` an array of those and
/// nothing else (B-08). Unknown keys are ignored, a null is a missing key, of equal keys the first counts.
ScaleInput parse_scale_request(const JsonText& data);
/// Keys in the old order; those of ScalePeer::Ours last.
JsonText encode(const ScaleRequest& request);
JsonText encode(const ScaleNack& nack);

/// Versions and numbers as above. `result` "success" needs its vCPU and its set; an answer without `result`, which is an
/// old guest's to a word that it does not know, is MissingField. A missing err_msg is empty.
std::variant<ScaleResponse, ParseError> parse_scale_response(const JsonText& data);
/// `peer` is that of the request: an old host never gets a new key.
JsonText encode(const ScaleResponse& response, ScalePeer peer);

}  // namespace vnf::wire
