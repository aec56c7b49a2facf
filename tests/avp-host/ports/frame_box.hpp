// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A port whose frames a test puts in and takes out, byte by byte; with as much room as the test says.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "avp-host/port.hpp"
#include "avp-host/ports/attachment.hpp"
#include "avp-host/ports/ethernet.hpp"

namespace vnf::avp {

/// A frame that stays.
struct KeptFrame {
    std::vector<std::byte> bytes;
    std::optional<std::uint16_t> tci{};
    friend bool operator==(const KeptFrame&, const KeptFrame&) = default;
};

/// With rest that is made of `rest`, and a tag inside if `inside` is given.
inline KeptFrame frame_of(MacKey destination, MacKey source, std::string_view rest = "payload",
                          std::optional<std::uint16_t> inside = {}) {
    KeptFrame frame;
    const auto add = [&frame](std::uint64_t value, int bytes) {
        while (bytes-- > 0)
            frame.bytes.push_back(static_cast<std::byte>(value >> (8 * bytes) & 0xFF));
    };
    add(destination, 6);
    add(source, 6);
    if (inside)
        add(std::uint64_t{kVlanTagType} << 16 | *inside, 4);
    add(0x0800, 2);
    for (const char c : rest)
        frame.bytes.push_back(static_cast<std::byte>(c));
    return frame;
}

inline KeptFrame with_tag(KeptFrame frame, std::uint16_t tci) {
    frame.tci = tci;
    return frame;
}

class FrameBox final : public Port {
  public:
    std::size_t receive(std::span<Frame> frames) override {
        given_ = std::min({frames.size(), kBurst, in.size()});
        for (std::size_t i = 0; i < given_; ++i)
            lend(in[i], frames[i], first_bytes);
        return given_;
    }
    void done_with_received() override {
        in.erase(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(given_));
    }
    std::size_t transmit(std::span<const Frame> frames) override {
        std::size_t taken = 0;
        for (const Frame& frame : frames) {
            if (out.size() < room) {
                out.push_back(keep(frame));
                ++taken;
            }
        }
        return taken;
    }
    void poll() override { ++polls; }

    /// What came out, and out with it.
    std::vector<KeptFrame> taken() { return std::exchange(out, {}); }

    static KeptFrame keep(const Frame& frame) {
        KeptFrame kept{{}, frame.vlan_tci};
        for (const Frame::Segment segment : frame.used())
            kept.bytes.insert(kept.bytes.end(), segment.begin(), segment.end());
        if (kept.bytes.size() != frame.bytes)
            throw std::logic_error("a frame whose length is not that of its segments");
        return kept;
    }
    /// In segments as a device would cut it: the header, and the rest in pieces.
    static void lend(const KeptFrame& kept, Frame& frame, std::size_t first_bytes = kHeaderBytes) {
        const Frame::Segment all(kept.bytes);
        frame.segments[0] = all.first(std::min(all.size(), first_bytes));
        frame.segment_count = 1;
        for (std::size_t at = frame.segments[0].size(); at < all.size(); ++frame.segment_count) {
            const std::size_t left = all.size() - at;
            const bool is_last = frame.segment_count + 1U == kMaxFrameSegments;
            frame.segments[frame.segment_count] = all.subspan(at, is_last ? left : (left + 1) / 2);
            at += frame.segments[frame.segment_count].size();
        }
        frame.bytes = static_cast<std::uint16_t>(all.size());
        frame.vlan_tci = kept.tci;
    }

    std::deque<KeptFrame> in;
    std::vector<KeptFrame> out;
    std::size_t room = 1'000'000;
    std::size_t first_bytes = kHeaderBytes;  ///< of each frame's first segment, at most
    int polls = 0;

  private:
    std::size_t given_ = 0;
};

/// A box with its gate and attachment.
struct AttachedBox {
    explicit AttachedBox(std::string name = "port") : attachment(std::move(name), box, gate) {}
    FrameBox box;
    PortGate gate;
    Attachment attachment;
};

}  // namespace vnf::avp
