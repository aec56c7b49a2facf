// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One vote or notification of the host inside the guest: who is asked, what each said, and the one decision.
// Pure.
//
// Policy. Every voice has a deadline: what it declared for this class of action, never beyond the host's. The
// decision is the worst of reject > error > timeout > accept with every reason kept. A vote is decided by its
// first reject; a notification waits for everybody, since a reject does not stop it. Who deregisters has no
// voice any more (G-10); who dies, can't be reached or stops reading is an error at once (G-07, G-14). Nobody
// left to wait for: decided. The host's deadline is never moved by anything but the host (G-18). An extension
// that fits in it is granted here; one that does not is asked of the host if it can be (capability
// ActionControl), else refused; none shortens.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "runtime/clock.hpp"
#include "wire/application_record.hpp"
#include "wire/heartbeat_message.hpp"

namespace vnf::guest {

/// An application's connection, never reused; `script_voice` is the event script.
using VoiceKey = std::uint32_t;
inline constexpr VoiceKey script_voice = 0;

/// In the order of the lattice.
enum class Voice : std::uint8_t { Accept, Timeout, Error, Reject };
std::string_view word(Voice voice);

/// What one voice ended with.
struct Statement {
    VoiceKey key = 0;
    std::string who;
    Voice voice = Voice::Accept;
    std::string reason;
};

struct Decision {
    wire::VoteResult result = wire::VoteResult::Accept;
    std::string log;
    std::vector<Statement> statements;
};

struct ActionSpec {
    wire::Event event = wire::Event::Unknown;
    wire::Notification notification = wire::Notification::Unknown;
    runtime::Milliseconds timeout{0};    ///< the host's
    runtime::Milliseconds allowance{0};  ///< of it, what the way back may take: we decide that much earlier
    std::string origin;
    bool host_extends = false;  ///< the host answers action_extend
};

class Action {
  public:
    /// Effects: what the surroundings have to do.
    struct Dismiss {  ///< this voice need not answer any more
        VoiceKey key;
        wire::CancelReason reason;
    };
    struct AnswerExtension {
        VoiceKey key;
        bool granted;
        runtime::Milliseconds remaining;
    };
    struct AskHost {
        runtime::Milliseconds extra;
        std::string log;
    };
    using Effect = std::variant<Dismiss, AnswerExtension, AskHost>;

    Action(ActionSpec spec, runtime::TimePoint now);

    /// Before seal(): one more to wait for. The time it is given, counted from now.
    runtime::Milliseconds ask(VoiceKey key, std::string who, runtime::Milliseconds own_limit,
                              runtime::TimePoint now);
    /// Everybody has been asked: from here on it may be decided.
    void seal();

    void answered(VoiceKey key, wire::VoteResult vote, std::string reason);
    void failed(VoiceKey key, std::string reason);
    void deregistered(VoiceKey key);
    void timer(runtime::TimePoint now);
    void extend(VoiceKey key, runtime::Milliseconds extra, const std::string& reason, runtime::TimePoint now);
    void host_extended(bool granted, runtime::Milliseconds remaining, runtime::TimePoint now);
    /// It will not be decided: the host cancelled, was lost, or asks something else.
    void abandon(wire::CancelReason reason);

    runtime::TimePoint next_deadline() const;
    runtime::TimePoint deadline() const { return deadline_; }
    const ActionSpec& spec() const { return spec_; }
    std::size_t waiting() const { return waiting_.size(); }
    bool waits_for(VoiceKey key) const { return voices_.contains(key); }
    /// Once decided, always the same.
    const std::optional<Decision>& decision() const { return decision_; }
    std::vector<Effect> take_effects();

  private:
    struct Waiting {
        std::string who;
        runtime::TimePoint asked, deadline;
    };
    struct Wish {
        VoiceKey key;
        runtime::TimePoint until;
        std::string reason;
    };

    void state(VoiceKey key, Voice voice, std::string reason);
    void drop(VoiceKey key);
    void decide_if_possible();
    void decide();
    void move(VoiceKey key, runtime::TimePoint deadline);
    void answer_extension(VoiceKey key, bool granted, runtime::TimePoint now);
    void ask_host();
    std::string no_answer(const Waiting& voice, runtime::TimePoint now) const;

    ActionSpec spec_;
    runtime::TimePoint deadline_;
    std::map<VoiceKey, Waiting> voices_;
    std::set<std::pair<runtime::TimePoint, VoiceKey>> waiting_;
    std::vector<Statement> statements_;
    std::vector<Wish> wishes_;
    std::optional<runtime::TimePoint> asked_for_;  ///< a request to the host is under way
    std::optional<Decision> decision_;
    std::vector<Effect> effects_;
    bool sealed_ = false;
};

/// What of the host's timeout is left for the way back: a second to an old host (nothing of a timeout that is
/// no longer than that), and the smaller of a second and a tenth with ActionControl (docs/protocol.md 1.4).
runtime::Milliseconds return_allowance(runtime::Milliseconds timeout, bool action_control);

}  // namespace vnf::guest
