// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/model/outgoing_frame.hpp"

#include <algorithm>

namespace vnf::avp {

void OutgoingFrame::move_tag(const Frame& frame, bool vlan_negotiated) {
    // A guest with the feature gets every outer tag beside the frame, wherever the frame came from.
    if (!frame.vlan_tci) {
        strip_tag(frame.header());
    } else if (vlan_negotiated) {
        is_tagged = true;
        vlan_tci = *frame.vlan_tci;
    } else {
        insert_tag(frame.header(), *frame.vlan_tci);
    }
}

/// The frame with other pieces in place of its first one.
void OutgoingFrame::cut(std::initializer_list<Piece> instead_of_header) {
    const auto end = std::copy(instead_of_header.begin(), instead_of_header.end(), cut_.begin());
    std::copy(pieces.begin() + 1, pieces.end(), end);
    pieces = {cut_.data(), instead_of_header.size() + pieces.size() - 1};
}

void OutgoingFrame::insert_tag(Piece header, std::uint16_t tci) {
    tag_ = {kTagType[0], kTagType[1], std::byte(tci >> 8U), std::byte(tci & 0xFFU)};
    const std::size_t before = std::min(header.size(), kAddressBytes);
    cut({header.first(before), tag_, header.subspan(before)});
    bytes += kTagBytes;
}

void OutgoingFrame::strip_tag(Piece header) {
    cut({header.first(kAddressBytes), header.subspan(kAddressBytes + kTagBytes)});
    bytes -= kTagBytes;
    is_tagged = true;
    vlan_tci = static_cast<std::uint16_t>((std::to_integer<unsigned>(header[kAddressBytes + 2]) << 8U) |
                                          std::to_integer<unsigned>(header[kAddressBytes + 3]));
}

void OutgoingFrame::Reader::copy(std::byte* where, std::size_t length) {
    while (length != 0) {
        const Piece rest = frame_.pieces[piece_].subspan(offset_);
        const std::size_t here = std::min(rest.size(), length);
        std::memcpy(where, rest.data(), here);
        where += here;
        length -= here;
        offset_ += here;
        if (here == rest.size()) {
            ++piece_;
            offset_ = 0;
        }
    }
}

}  // namespace vnf::avp
