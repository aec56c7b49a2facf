// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: one byte that says whether there is a helper, then lines: a datagram of guest-client to guest-scale-agent if it
// begins with "{"; else what happens between datagrams, a letter each. From the bytes to the answer's bytes, with the
// agent's own state machine between.
#include <algorithm>
#include <map>
#include <string>

#include "guest-scale-agent/scale_desk.hpp"
#include "tests/fuzz/promise.hpp"
#include "wire/messaging_envelope.hpp"

using namespace vnf::wire;
using namespace vnf::scale;
using vnf::fuzz::promise;
using vnf::runtime::TimePoint;

namespace {

/// vCPU 0 has no switch.
class PlayedCpus final : public CpuSource {
  public:
    std::optional<CpuState> state() const override { return CpuState{online, present}; }
    std::optional<vnf::guestscale::CpuView> view() const override {
        return vnf::guestscale::CpuView{online, present - CpuSet{0}, present};
    }
    CpuSet present{0, 1, 2, 3}, online{0, 1, 2, 3};
};

class Agent {
  public:
    explicit Agent(bool helper) : desk_(cpus_, {}, helper) {}

    void datagram(std::string_view text) {
        auto delivery = parse_service_delivery(text);
        auto* const said = std::get_if<ServiceDelivery>(&delivery);
        if (said == nullptr) {
            return;
        }
        auto input = parse_scale_request(said->data);
        if (const auto* const request = std::get_if<ScaleRequest>(&input)) {
            ++unanswered_[said->source_addr];
            desk_.requested(said->source_addr, *request, now_);
        } else if (auto* const refused = std::get_if<ScaleRefused>(&input)) {
            ++unanswered_[said->source_addr];
            desk_.refused(said->source_addr, std::move(*refused));
        }
        collect();
    }
    void happen(char what) {
        switch (what) {
            case 'd':
                return kernel_ends(true);
            case 'r':
                return kernel_ends(false);
            case 'h':
                return helper_ends(Cpu(2));
            case 'n':
                return helper_ends(std::nullopt);
            case 'b':
                cpus_.online = cpus_.present;
                desk_.look(now_);
                return collect();
            case 't':
                return pass(std::chrono::seconds(1));
            default:
                return;
        }
    }
    /// Everybody has what is due, whatever the kernel and the helper do.
    void end() {
        desk_.shut_down(now_);
        collect();
        kernel_ends(true);
        pass(std::chrono::hours(1000));
        promise(unanswered_.empty(), "every request is answered");
    }

  private:
    void kernel_ends(bool done) {
        if (const auto order = std::exchange(order_, std::nullopt)) {
            const bool there = cpus_.present.contains(order->cpu);
            if (done && there) {
                order->online ? cpus_.online.insert(order->cpu) : cpus_.online.erase(order->cpu);
            }
            desk_.switched({done && there, done && there ? "" : "no"}, now_);
            collect();
        }
    }
    void helper_ends(std::optional<Cpu> choice) {
        if (std::exchange(helper_runs_, false)) {
            desk_.helper_ended({choice, "ended", false}, now_);
            collect();
        }
    }
    void pass(std::chrono::milliseconds time) {
        const TimePoint end = now_ + time;
        while (desk_.next_deadline() <= end) {
            now_ = std::max(now_, desk_.next_deadline());
            desk_.timer(now_);
            collect();
        }
        now_ = end;
    }
    void collect() {
        for (auto effects = desk_.take_effects(); !effects.empty(); effects = desk_.take_effects()) {
            for (const auto& effect : effects) {
                std::visit([this](const auto& one) { perform(one); }, effect);
            }
        }
        promise(desk_.waiting() <= ScaleDesk::queue_limit, "a bounded queue");
    }
    void perform(const ScaleDesk::Reply& reply) {
        const auto due = unanswered_.find(reply.to);
        promise(due != unanswered_.end(), "one answer to each request, and to its sender");
        if (--due->second == 0) {
            unanswered_.erase(due);
        }
        const auto envelope =
            parse_service_request(encode(ServiceRequest{reply.to, encode(reply.response, reply.peer)}));
        promise(std::holds_alternative<ServiceRequest>(envelope), "guest-client takes the answer");
        const auto& read = std::get<ServiceRequest>(envelope);
        promise(read.dest_addr == reply.to, "and knows for whom it is");
        promise(std::holds_alternative<ScaleResponse>(parse_scale_response(read.data)),
                "and a host reads it");
    }
    void perform(const ScaleDesk::Switch& order) {
        promise(!order_, "one change at a time");
        promise(order.online || order.cpu != Cpu(0), "vCPU 0 stays");
        promise(now_ <= order.not_after, "no change begins too late");
        order_ = order;
    }
    void perform(const ScaleDesk::RunHelper&) {
        promise(!helper_runs_, "one helper at a time");
        helper_runs_ = true;
    }
    void perform(const ScaleDesk::StopHelper&) { helper_runs_ = false; }
    void perform(const ScaleDesk::Remember& kept) {
        promise(!kept.offline.contains(0), "vCPU 0 is never kept offline");
    }
    void perform(const ScaleDesk::Tell&) {}
    void perform(const ScaleDesk::Expel&) {}
    void perform(const ScaleDesk::Note&) {}

    PlayedCpus cpus_;
    ScaleDesk desk_;
    TimePoint now_{std::chrono::hours(1)};
    std::optional<ScaleDesk::Switch> order_;
    bool helper_runs_ = false;
    std::map<std::string, int> unanswered_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto input = vnf::fuzz::text_of(data, size);
    Agent agent(vnf::fuzz::take_byte(input) % 2 == 1);
    while (!input.empty()) {
        const auto line = input.substr(0, input.find('\n'));
        input.remove_prefix(std::min(line.size() + 1, input.size()));
        if (line.starts_with('{')) {
            agent.datagram(line);
        } else {
            std::for_each(line.begin(), line.end(), [&agent](char what) { agent.happen(what); });
        }
    }
    agent.end();
    return 0;
}
