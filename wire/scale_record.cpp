// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The numbers of the types and which fields follow which; a receiver believes no length before it has checked it.
#include "wire/scale_record.hpp"

#include <algorithm>
#include <limits>

#include "wire/packet_head.hpp"

namespace vnf::wire {
namespace {

constexpr PacketForm form{scale_record_version, scale_record_limit};
/// In place of a vCPU: none.
constexpr std::uint32_t no_cpu = 0xFFFFFFFF;

// ---- writing: number of the type, then what is in the record ---------------------------------------------

class Packet {
  public:
    explicit Packet(std::uint8_t type, std::uint32_t number = 0) : out_(usual_size) {
        write_packet_head(out_, form, type, number);
    }
    Packet& text(std::string_view text, std::size_t limit) {
        out_.long_text(clean_utf8(text, limit));
        return *this;
    }
    Packet& cpus(const CpuSet& cpus) {
        out_.long_text(format_cpu_list(cpus));
        return *this;
    }
    Packet& cpu(std::optional<Cpu> cpu) {
        out_.u32(cpu ? cpu->number() : no_cpu);
        return *this;
    }
    Packet& direction(ScaleDirection direction) {
        out_.u32(static_cast<std::uint32_t>(direction));
        return *this;
    }
    Packet& duration(std::chrono::milliseconds duration) {
        out_.u32(static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(duration.count(), 0, std::numeric_limits<std::int32_t>::max())));
        return *this;
    }
    std::string take() { return out_.take(); }

  private:
    static constexpr std::size_t usual_size = 128;
    FieldWriter out_;
};

std::string write(const ScaleHello& hello) {
    return Packet(1).text(hello.name, scale_client_name_limit).take();
}
std::string write(const ScaleReady& ready) {
    return Packet(2, ready.event).take();
}
std::string write(const ScaleRefuse& refuse) {
    return Packet(3, refuse.event).text(refuse.reason, scale_reason_limit).take();
}
std::string write(const ScaleChoose& choose) {
    return Packet(4, choose.event).cpu(choose.cpu).take();
}
std::string write(const ScaleState& state) {
    return Packet(17).cpu(state.next).cpus(state.online).take();
}
std::string write(const ScaleAbout& about) {
    return Packet(18, about.event).direction(about.direction).cpu(about.cpu).duration(about.deadline).take();
}
std::string write(const ScaleDone& done) {
    return Packet(19, done.event).direction(done.direction).cpu(done.cpu).cpus(done.online).take();
}
std::string write(const ScaleAbandoned& abandoned) {
    Packet out(20, abandoned.event);
    return out.direction(abandoned.direction)
        .cpus(abandoned.online)
        .text(abandoned.reason, scale_reason_limit)
        .take();
}

// ---- reading ---------------------------------------------------------------------------------------------

using ClientResult = std::variant<ScaleClientRecord, ParseError>;
using AgentResult = std::variant<ScaleAgentRecord, ParseError>;

std::optional<Cpu> optional_cpu(FieldReader& in) {
    const auto number = in.u32("cpu");
    const auto cpu = Cpu::of(number);
    if (!cpu && number != no_cpu) {
        in.fail(ParseReason::OutOfRange, "cpu");
    }
    return cpu;
}

/// 0 after an error.
Cpu cpu(FieldReader& in) {
    const auto found = optional_cpu(in);
    if (!found) {
        in.fail(ParseReason::OutOfRange, "cpu");
    }
    return found.value_or(Cpu(0));
}

CpuSet cpus(FieldReader& in) {
    const auto text = in.long_text(cpu_text_limit, "online");
    auto list = parse_cpu_list(text);
    if (std::holds_alternative<CpuListError>(list)) {
        in.fail(ParseReason::BadText, "online");
        return {};
    }
    return std::get<CpuSet>(list);
}

ScaleDirection direction(FieldReader& in) {
    const auto number = in.u32("direction");
    if (number == static_cast<std::uint32_t>(ScaleDirection::Up)) {
        return ScaleDirection::Up;
    }
    if (number != static_cast<std::uint32_t>(ScaleDirection::Down)) {
        in.fail(ParseReason::UnknownWord, "direction");
    }
    return ScaleDirection::Down;
}

std::chrono::milliseconds duration(FieldReader& in) {
    const auto number = in.u32("deadline");
    if (number > static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max())) {
        in.fail(ParseReason::OutOfRange, "deadline");
    }
    return std::chrono::milliseconds(number);
}

ClientResult read_client(std::uint8_t type, std::uint32_t number, FieldReader& in) {
    switch (type) {
        case 1:
            return ScaleHello{in.long_text(scale_client_name_limit, "name")};
        case 2:
            return ScaleReady{number};
        case 3:
            return ScaleRefuse{number, in.long_text(scale_reason_limit, "reason")};
        case 4:
            return ScaleChoose{number, cpu(in)};
        default:
            return unknown_packet_type;
    }
}

// A braced initialiser reads its fields from left to right.

AgentResult read_agent(std::uint8_t type, std::uint32_t number, FieldReader& in) {
    switch (type) {
        case 17: {
            const auto next = optional_cpu(in);
            return ScaleState{cpus(in), next};
        }
        case 18:
            return ScaleAbout{number, direction(in), optional_cpu(in), duration(in)};
        case 19:
            return ScaleDone{number, direction(in), cpu(in), cpus(in)};
        case 20:
            return ScaleAbandoned{number, direction(in), cpus(in),
                                  in.long_text(scale_reason_limit, "reason")};
        default:
            return unknown_packet_type;
    }
}

}  // namespace

std::string encode(const ScaleClientRecord& record) {
    return std::visit([](const auto& one) { return write(one); }, record);
}

std::string encode(const ScaleAgentRecord& record) {
    return std::visit([](const auto& one) { return write(one); }, record);
}

ClientResult parse_scale_client_record(std::string_view packet) {
    return read_packet<ClientResult>(packet, form, read_client);
}

AgentResult parse_scale_agent_record(std::string_view packet) {
    return read_packet<AgentResult>(packet, form, read_agent);
}

}  // namespace vnf::wire
