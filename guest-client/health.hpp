// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The guest's health as one value: everything that ails now, and the verdict that follows from it. Pure.
//
// Policy. The verdict is the ailment with the strongest corrective action (stop over reboot over log over
// none); among equals the one that began first, so that the answer does not depend on slot order
// (specification 2.5). No ailment at all is healthy. Every other ailment's reason is kept for whoever asks.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/clock.hpp"
#include "wire/heartbeat_message.hpp"

namespace vnf::guest {

/// Who ails.
struct HealthSource {
    enum class Kind : std::uint8_t { Script, Application, DeadApplication };
    Kind kind = Kind::Script;
    std::uint32_t key = 0;  ///< of the application, or of the death; 0 for the script
    friend bool operator<(const HealthSource& left, const HealthSource& right) {
        return std::pair(left.kind, left.key) < std::pair(right.kind, right.key);
    }
};

struct Ailment {
    wire::HealthCause cause = wire::HealthCause::ApplicationUnhealthy;
    wire::CorrectiveAction action = wire::CorrectiveAction::None;
    std::string application;
    std::string reason;
    friend bool operator==(const Ailment&, const Ailment&) = default;
};

struct Verdict {
    wire::Health health = wire::Health::Healthy;
    wire::CorrectiveAction action = wire::CorrectiveAction::None;
    wire::HealthCause cause = wire::HealthCause::Recovered;
    std::string application;
    std::string log;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// Equal but for the text: nothing that a host would act on differently.
bool same_state(const Verdict& left, const Verdict& right);

class HealthBoard {
  public:
    /// An action that nobody named counts as `fallback`, never as healthy.
    explicit HealthBoard(wire::CorrectiveAction fallback) : fallback_(fallback) {}
    void set_fallback(wire::CorrectiveAction fallback);

    /// `source` ails, or ails differently; it keeps its place in time.
    void ail(HealthSource source, Ailment ailment, runtime::TimePoint now);
    void recover(HealthSource source);
    /// The health script's last line, which an old host is sent while all is well.
    void set_script_output(std::string output);

    const Verdict& verdict() const;

    struct Entry {
        Ailment ailment;
        runtime::TimePoint since;
        std::uint64_t order = 0;
    };
    /// Everything that ails, the earliest first.
    std::vector<std::pair<HealthSource, Entry>> ailments() const;
    bool ails(HealthSource source) const { return entries_.contains(source); }

  private:
    Verdict judge() const;

    std::map<HealthSource, Entry> entries_;
    std::string script_output_;
    wire::CorrectiveAction fallback_;
    std::uint64_t next_order_ = 0;
    mutable Verdict verdict_;
    mutable bool stale_ = false;
};

}  // namespace vnf::guest
