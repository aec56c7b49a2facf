// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One function for each message and record; the keys are those of the vector files.
#include "tests/wire/describe_scale.hpp"

#include <sstream>

namespace vnf::test {
namespace {

using namespace vnf::wire;

class Words {
  public:
    explicit Words(std::string_view kind) { out_ << kind; }
    template <typename Value>
    Words& add(std::string_view key, const Value& value) {
        out_ << ' ' << key << '=' << value;
        return *this;
    }
    Words& quote(std::string_view key, std::string_view text) {
        out_ << ' ' << key << "=\"" << text << '"';
        return *this;
    }
    Words& cpu(std::optional<Cpu> cpu) { return cpu ? add("cpu", cpu->number()) : add("cpu", "any"); }
    Words& online(const CpuSet& cpus) { return quote("online", format_cpu_list(cpus)); }
    std::string done() const { return out_.str(); }

  private:
    std::ostringstream out_;
};

std::string_view word(ScalePeer peer) {
    return peer == ScalePeer::Ours ? "ours" : "old";
}

std::string words(const ScaleRequest& one) {
    constexpr std::array kinds{"down", "up", "status"};
    Words out(kinds.at(one.change.index()));
    if (const auto* const up = std::get_if<ScaleUp>(&one.change)) {
        out.cpu(up->cpu).online(up->online);
    }
    return out.add("timeout_ms", one.timeout.count()).add("peer", word(one.peer)).done();
}
std::string words(const ScaleNack& one) {
    return Words("nack").quote("log", one.log).done();
}
std::string words(const ScaledDown& one) {
    return Words("scaled_down").cpu(one.cpu).online(one.online).done();
}
std::string words(const ScaledUp& one) {
    return Words("scaled_up").cpu(one.cpu).online(one.online).done();
}
std::string words(const ScaleOnline& one) {
    return Words("online").online(one.online).done();
}
std::string words(const ScaleFailed& one) {
    Words out("failed");
    out.quote("resource", one.echo.resource).quote("direction", one.echo.direction);
    out.quote("reason", one.reason).add("refused", one.refused);
    if (one.online) {
        out.online(*one.online);
    }
    return one.absent ? out.add("absent", one.absent).done() : out.done();
}
std::string words(const ScaleRefused& one) {
    return Words("answered")
        .add("reason", vnf::wire::word(one.reason))
        .add("peer", word(one.peer))
        .add("with", words(one.answer))
        .done();
}
std::string words(const ScaleUnanswered& one) {
    return "unanswered " + to_string(one.error);
}

std::string words(const ScaleHello& one) {
    return Words("hello").quote("name", one.name).done();
}
std::string words(const ScaleReady& one) {
    return Words("ready").add("event", one.event).done();
}
std::string words(const ScaleRefuse& one) {
    return Words("refuse").add("event", one.event).quote("reason", one.reason).done();
}
std::string words(const ScaleChoose& one) {
    return Words("choose").add("event", one.event).cpu(one.cpu).done();
}
std::string words(const ScaleState& one) {
    Words out("state");
    out.online(one.online);
    return (one.next ? out.add("next", one.next->number()) : out.add("next", "none")).done();
}
std::string words(const ScaleAbout& one) {
    Words out("about");
    out.add("event", one.event).add("direction", vnf::wire::word(one.direction)).cpu(one.cpu);
    return out.add("deadline_ms", one.deadline.count()).done();
}
std::string words(const ScaleDone& one) {
    Words out("done");
    out.add("event", one.event).add("direction", vnf::wire::word(one.direction));
    return out.cpu(one.cpu).online(one.online).done();
}
std::string words(const ScaleAbandoned& one) {
    Words out("abandoned");
    out.add("event", one.event).add("direction", vnf::wire::word(one.direction));
    return out.online(one.online).quote("reason", one.reason).done();
}

template <typename Variant>
std::string words_of(const Variant& variant) {
    return std::visit([](const auto& one) { return words(one); }, variant);
}

}  // namespace

std::string describe(const ScaleInput& input) {
    return words_of(input);
}
std::string describe(const ScaleResponse& response) {
    return words_of(response);
}
std::string describe(const ScaleClientRecord& record) {
    return words_of(record);
}
std::string describe(const ScaleAgentRecord& record) {
    return words_of(record);
}

}  // namespace vnf::test
