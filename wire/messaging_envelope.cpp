// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Each hop's keys, once for reading and once for writing.
#include "wire/messaging_envelope.hpp"

#include <algorithm>

#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"
#include "wire/text.hpp"

namespace vnf::wire {
namespace {

constexpr bool is_printable(char byte) {
    return byte > 0x20 && byte < 0x7F;
}

constexpr bool is_control(char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
}

/// What surrounds the data in the longest usual envelope.
constexpr std::size_t usual_overhead = 128;

/// Old agents took a datagram for a C string: senders that add a NUL were understood.
std::string_view without_padding(std::string_view datagram) {
    const auto last = datagram.find_last_not_of('\0');
    return datagram.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

class EnvelopeReader : public JsonReader {
  public:
    EnvelopeReader(std::string_view text, std::initializer_list<std::string_view> keys)
        : JsonReader(text, keys) {
        if (!error()) {
            check_version();
        }
    }
    std::string address(std::string_view key) {
        auto out = text(key, service_address_limit);
        if (!is_service_address(out)) {
            fail(ParseReason::OutOfRange, key);
        }
        return out;
    }
    std::string instance(std::string_view key) {
        auto out = text(key, instance_name_limit);
        if (out.empty() || std::any_of(out.begin(), out.end(), is_control)) {
            fail(ParseReason::OutOfRange, key);
        }
        return out;
    }
};

/// Builds `Message` from its fields, read in the order of the struct.
template <typename Message, typename Read>
std::variant<Message, ParseError> read_envelope(std::string_view text,
                                                std::initializer_list<std::string_view> keys, Read read) {
    if (text.size() > messaging_line_limit) {
        return ParseError{ParseReason::Overlong, {}};
    }
    EnvelopeReader in(text, keys);
    if (in.error()) {
        return *in.error();
    }
    Message message = read(in);
    if (in.error()) {
        return *in.error();
    }
    return message;
}

}  // namespace

std::variant<ServiceRequest, ParseError> parse_service_request(std::string_view datagram) {
    return read_envelope<ServiceRequest>(without_padding(datagram), {"data", "version", "dest_addr"},
                                         [](EnvelopeReader& in) {
                                             return ServiceRequest{in.address("dest_addr"), in.value("data")};
                                         });
}

std::variant<PortEnvelope, ParseError> parse_port_envelope(std::string_view line) {
    return read_envelope<PortEnvelope>(
        line, {"data", "version", "dest_addr", "source_addr"}, [](EnvelopeReader& in) {
            return PortEnvelope{in.address("dest_addr"), in.address("source_addr"), in.value("data")};
        });
}

std::variant<ServiceDelivery, ParseError> parse_service_delivery(std::string_view datagram) {
    return read_envelope<ServiceDelivery>(
        without_padding(datagram), {"data", "version", "source_addr"}, [](EnvelopeReader& in) {
            return ServiceDelivery{in.address("source_addr"), in.value("data")};
        });
}

std::variant<HostServiceRequest, ParseError> parse_host_service_request(std::string_view datagram) {
    return read_envelope<HostServiceRequest>(
        without_padding(datagram), {"data", "version", "dest_addr", "dest_instance"}, [](EnvelopeReader& in) {
            return HostServiceRequest{in.address("dest_addr"), in.instance("dest_instance"),
                                      in.value("data")};
        });
}

std::variant<HostServiceDelivery, ParseError> parse_host_service_delivery(std::string_view datagram) {
    return read_envelope<HostServiceDelivery>(
        without_padding(datagram), {"data", "version", "source_addr", "source_instance"},
        [](EnvelopeReader& in) {
            return HostServiceDelivery{in.address("source_addr"), in.instance("source_instance"),
                                       in.value("data")};
        });
}

std::string encode(const ServiceRequest& message) {
    JsonWriter out(message.data.text().size() + usual_overhead);
    out.value("data", message.data).number("version", messaging_version);
    return out.text("dest_addr", message.dest_addr).finish();
}

std::string encode(const PortEnvelope& message) {
    JsonWriter out(message.data.text().size() + usual_overhead, "\n");
    out.value("data", message.data).number("version", messaging_version);
    return out.text("dest_addr", message.dest_addr).text("source_addr", message.source_addr).finish("\n");
}

std::string encode(const ServiceDelivery& message) {
    JsonWriter out(message.data.text().size() + usual_overhead);
    out.value("data", message.data).number("version", messaging_version);
    return out.text("source_addr", message.source_addr).finish();
}

std::string encode(const HostServiceRequest& message) {
    JsonWriter out(message.data.text().size() + usual_overhead);
    out.value("data", message.data).number("version", messaging_version);
    return out.text("dest_addr", message.dest_addr).text("dest_instance", message.dest_instance).finish();
}

std::string encode(const HostServiceDelivery& message) {
    JsonWriter out(message.data.text().size() + usual_overhead);
    out.value("data", message.data).number("version", messaging_version);
    return out.text("source_addr", message.source_addr)
        .text("source_instance", message.source_instance)
        .finish();
}

bool is_service_address(std::string_view text) {
    return !text.empty() && text.size() <= service_address_limit &&
           std::all_of(text.begin(), text.end(),
                       [](char byte) { return is_printable(byte) && byte != '"' && byte != '\\'; });
}

}  // namespace vnf::wire
