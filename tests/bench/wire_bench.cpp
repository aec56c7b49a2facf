// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The codecs of wire/ alone: what one message costs without any daemon around it.
#include <benchmark/benchmark.h>

#include "wire/application_record.hpp"
#include "wire/heartbeat_message.hpp"
#include "wire/line_framing.hpp"
#include "wire/messaging_envelope.hpp"
#include "wire/server_group_message.hpp"

namespace {

using namespace vnf::wire;

const GuestMessage response = ChallengeResponse{846930886, Health::Healthy, CorrectiveAction::Reboot, {}};
const HostMessage challenge = Challenge{846930886};
const DaemonRecord action =
    RecordActionNotify{7, Event::LiveMigrateBegin, Notification::Revocable, 8000, "vnfctl uid 0"};

void encode_challenge_response(benchmark::State& state) {
    for ([[maybe_unused]] const auto unused : state)
        benchmark::DoNotOptimize(encode(response, 7, PeerRules::OurPeer));
}
BENCHMARK(encode_challenge_response);

void parse_challenge(benchmark::State& state) {
    const std::string message = encode(challenge, 7, PeerRules::OurPeer);
    const std::string_view line = std::string_view(message).substr(1, message.size() - 2);
    for ([[maybe_unused]] const auto unused : state)
        benchmark::DoNotOptimize(parse_host_message(line));
}
BENCHMARK(parse_challenge);

void parse_challenge_response(benchmark::State& state) {
    const std::string message = encode(response, 7, PeerRules::OurPeer);
    const std::string_view line = std::string_view(message).substr(1, message.size() - 2);
    for ([[maybe_unused]] const auto unused : state)
        benchmark::DoNotOptimize(parse_guest_message(line));
}
BENCHMARK(parse_challenge_response);

void frame_lines(benchmark::State& state) {
    const std::string message = encode(response, 7, PeerRules::OurPeer);
    LineAssembler lines(heartbeat_line_limit);
    std::size_t bytes = 0;
    for ([[maybe_unused]] const auto unused : state)
        lines.feed(message, [&bytes](std::string_view line) { bytes += line.size(); });
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(frame_lines);

void encode_action_record(benchmark::State& state) {
    for ([[maybe_unused]] const auto unused : state)
        benchmark::DoNotOptimize(encode(action, 7, RecordVersion::V3));
}
BENCHMARK(encode_action_record);

void decode_record(benchmark::State& state) {
    const auto version = static_cast<RecordVersion>(state.range(0));
    const std::string record =
        encode(ApplicationRecord(RecordChallengeResponse{7, Health::Healthy, CorrectiveAction::None, "fine"}),
               7, version);
    ApplicationRecordDecoder decoder;
    decoder.switch_to(version);
    for ([[maybe_unused]] const auto unused : state) {
        decoder.feed(record);
        benchmark::DoNotOptimize(decoder.next());
    }
}
BENCHMARK(decode_record)->Arg(2)->Arg(3);

/// A broadcast of `size` bytes as its guest's port carries it.
PortEnvelope broadcast_of(std::int64_t size) {
    auto text = BroadcastText::of(std::string(static_cast<std::size_t>(size), 'x'));
    const std::string address(server_group_address);
    return {address, address, encode(GroupRequest(Broadcast{std::get<BroadcastText>(std::move(text))}))};
}

void parse_port_broadcast(benchmark::State& state) {
    const std::string message = encode(broadcast_of(state.range(0)));
    const std::string_view line = std::string_view(message).substr(1, message.size() - 2);
    for ([[maybe_unused]] const auto unused : state)
        benchmark::DoNotOptimize(parse_port_envelope(line));
}
BENCHMARK(parse_port_broadcast)->Arg(32)->Arg(3050);

void parse_broadcast_request(benchmark::State& state) {
    const auto data = broadcast_of(state.range(0)).data;
    for ([[maybe_unused]] const auto unused : state)
        benchmark::DoNotOptimize(parse_group_request(data));
}
BENCHMARK(parse_broadcast_request)->Arg(32)->Arg(3050);

void encode_group_broadcast(benchmark::State& state) {
    const GroupEvent event =
        GroupBroadcast{"instance-0000001f", std::string(static_cast<std::size_t>(state.range(0)), 'x')};
    for ([[maybe_unused]] const auto unused : state)
        benchmark::DoNotOptimize(encode(event));
}
BENCHMARK(encode_group_broadcast)->Arg(32)->Arg(3050);

}  // namespace
