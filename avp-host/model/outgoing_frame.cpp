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

void OutgoingFrame::insert_tag(Piece header, std::uint16_t tci) {
    tag = {kTagType[0], kTagType[1], std::byte(tci >> 8U), std::byte(tci & 0xFFU)};
    const auto end = pieces.begin() + static_cast<std::ptrdiff_t>(count);
    std::copy_backward(pieces.begin() + 1, end, end + 2);
    const std::size_t before = std::min(header.size(), kAddressBytes);
    pieces[0] = header.first(before);
    pieces[1] = tag;
    pieces[2] = header.subspan(before);
    count += 2;
    bytes += kTagBytes;
}

void OutgoingFrame::strip_tag(Piece header) {
    const auto end = pieces.begin() + static_cast<std::ptrdiff_t>(count);
    std::copy_backward(pieces.begin() + 1, end, end + 1);
    pieces[0] = header.first(kAddressBytes);
    pieces[1] = header.subspan(kAddressBytes + kTagBytes);
    count += 1;
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
