// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// From an exit status to a word.
#include "guest-client/script_verdict.hpp"

#include "wire/text.hpp"

namespace vnf::guest {
namespace {

using End = runtime::ChildOutcome::End;

/// What the script said, as something that every reader of ours may trust to be text.
std::string said(const runtime::ChildOutcome& outcome) {
    return wire::clean_utf8(outcome.first_line, wire::log_limit);
}

std::string said_or(const runtime::ChildOutcome& outcome, std::string_view otherwise) {
    return outcome.first_line.empty() ? std::string(otherwise) : said(outcome);
}

std::string described(std::string_view script, const runtime::ChildOutcome& outcome) {
    std::string text = std::string(script) + " script: " + to_string(outcome);
    if (!outcome.first_line.empty()) {
        text += ": " + said(outcome);
    }
    return text;
}

}  // namespace

std::string_view word(ScriptFinding finding) {
    switch (finding) {
        case ScriptFinding::Healthy:
            return "healthy";
        case ScriptFinding::Unhealthy:
            return "unhealthy";
        case ScriptFinding::Hung:
            return "hung";
        case ScriptFinding::NotRun:
            return "not_run";
    }
    return "not_run";
}

HealthFinding health_finding(const runtime::ChildOutcome& outcome, bool legacy_exit) {
    switch (outcome.end) {
        case End::Exited:
            if (outcome.code == 0) {
                return {ScriptFinding::Healthy, said(outcome)};
            }
            if (outcome.code == 1) {
                return {ScriptFinding::Unhealthy, said_or(outcome, "Health script: unhealthy.")};
            }
            break;
        case End::Signalled:
            break;
        case End::DeadlinePassed:
            if (!legacy_exit) {
                return {ScriptFinding::Hung, described("Health", outcome)};
            }
            break;
        case End::NotStarted:
        case End::Cancelled:
            return {ScriptFinding::NotRun, described("Health", outcome)};
    }
    return {legacy_exit ? ScriptFinding::Healthy : ScriptFinding::Unhealthy, described("Health", outcome)};
}

EventFinding event_finding(const runtime::ChildOutcome& outcome) {
    if (outcome.end == End::Exited && outcome.code == 0) {
        return {wire::VoteResult::Accept, said(outcome)};
    }
    if (outcome.end == End::Exited && outcome.code == 1) {
        return {wire::VoteResult::Reject, said_or(outcome, "Event script: rejected.")};
    }
    const bool late = outcome.end == End::DeadlinePassed;
    return {late ? wire::VoteResult::Timeout : wire::VoteResult::Error, described("Event", outcome)};
}

}  // namespace vnf::guest
