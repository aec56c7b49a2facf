// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Most bytes of a message are plain ones: they are skipped eight at a time. Each question about eight bytes has a borrow
// between them, which may cost a false "yes", never a false "no"; the caller then looks at single bytes. Private to wire/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace vnf::wire {

class EightBytes {
  public:
    explicit EightBytes(const char* bytes) { std::memcpy(&word_, bytes, sizeof word_); }

    bool have_non_ascii() const { return (word_ & each(0x80)) != 0; }
    bool have_control() const { return (below(word_, 0x20) & each(0x80)) != 0; }
    bool have(char ascii) const {
        return (below(word_ ^ each(static_cast<unsigned char>(ascii)), 1) & each(0x80)) != 0;
    }

  private:
    static constexpr std::uint64_t each(unsigned char value) {
        return 0x0101010101010101U * std::uint64_t{value};
    }
    /// The top bit of each byte that is less than `bound`.
    static constexpr std::uint64_t below(std::uint64_t word, unsigned char bound) {
        return (word - each(bound)) & ~word;
    }

    std::uint64_t word_ = 0;
};

/// How many bytes at the front of `text` answer `is_plain` with yes; `are_plain` is asked for eight at once and may say no
/// wrongly.
template <typename ArePlain, typename IsPlain>
std::size_t plain_run(std::string_view text, ArePlain are_plain, IsPlain is_plain) {
    std::size_t at = 0;
    while (text.size() - at >= 8 && are_plain(EightBytes(text.data() + at))) {
        at += 8;
    }
    while (at != text.size() && is_plain(text[at])) {
        ++at;
    }
    return at;
}

}  // namespace vnf::wire
