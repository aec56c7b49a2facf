// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: one byte for the hop, then a datagram or line of cgcs.messaging.
#include "tests/fuzz/promise.hpp"
#include "wire/messaging_envelope.hpp"

using namespace vnf::wire;
using vnf::fuzz::promise;

namespace {

/// What is between the LFs of the port; a datagram has none.
std::string_view line_of(std::string_view written, bool on_port) {
    if (on_port) {
        promise(written.size() > 2 && written.front() == '\n' && written.back() == '\n',
                "LF before and behind");
        written = written.substr(1, written.size() - 2);
    }
    promise(written.find('\n') == std::string_view::npos, "one line");
    return written;
}

template <typename Message>
void round_trip(std::string_view input, std::variant<Message, ParseError> (*parse)(std::string_view),
                bool on_port = false) {
    const auto result = parse(input);
    const auto* const message = std::get_if<Message>(&result);
    if (message == nullptr) {
        return;
    }
    const auto written = encode(*message);
    const auto line = line_of(written, on_port);
    // A slash of an address is written as two bytes.
    if (line.size() <= messaging_line_limit) {
        const auto again = parse(line);
        promise(std::holds_alternative<Message>(again) && std::get<Message>(again) == *message,
                "what was written comes back");
    }
    promise(line.size() <= 2 * input.size() + 1, "nothing grows beyond its escapes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto input = vnf::fuzz::text_of(data, size);
    switch (vnf::fuzz::take_byte(input) % 5) {
        case 0:
            round_trip(input, parse_service_request);
            break;
        case 1:
            round_trip(input, parse_port_envelope, true);
            break;
        case 2:
            round_trip(input, parse_service_delivery);
            break;
        case 3:
            round_trip(input, parse_host_service_request);
            break;
        default:
            round_trip(input, parse_host_service_delivery);
            break;
    }
    return 0;
}
