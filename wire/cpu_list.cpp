// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One cursor reads all three texts; it believes nothing that it has not seen.
#include "wire/cpu_list.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace vnf::wire {
namespace {

using Result = std::variant<CpuSet, CpuListError>;

class Cursor {
  public:
    explicit Cursor(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    bool take(std::string_view token) {
        if (!rest_.starts_with(token)) {
            return false;
        }
        rest_.remove_prefix(token.size());
        return true;
    }
    /// Leading zeros are digits like others, as long as there are at most four of them all.
    std::variant<Cpu, CpuListError> number() {
        constexpr std::size_t most_digits = 4;
        const auto digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
        if (digits == 0) {
            return CpuListError::NoNumber;
        }
        if (digits > most_digits) {
            return CpuListError::OutOfRange;
        }
        const auto text = rest_.substr(0, digits);
        rest_.remove_prefix(digits);
        const auto value = std::accumulate(text.begin(), text.end(), 0,
                                           [](int sum, char digit) { return sum * 10 + (digit - '0'); });
        const auto cpu = Cpu::of(value);
        return cpu ? std::variant<Cpu, CpuListError>(*cpu) : CpuListError::OutOfRange;
    }

  private:
    std::string_view rest_;
};

std::optional<CpuListError> read_element(Cursor& in, CpuSet& cpus) {
    const auto first = in.number();
    if (const auto* error = std::get_if<CpuListError>(&first)) {
        return *error;
    }
    const auto from = std::get<Cpu>(first);
    cpus.insert(from);
    if (!in.take("-")) {
        return std::nullopt;
    }
    const auto last = in.number();
    if (const auto* error = std::get_if<CpuListError>(&last)) {
        return *error;
    }
    if (std::get<Cpu>(last) < from) {
        return CpuListError::Reversed;
    }
    for (int number = from.number(); number <= std::get<Cpu>(last).number(); ++number) {
        cpus.insert(*Cpu::of(number));
    }
    return std::nullopt;
}

Result end_of(Cursor& in, const CpuSet& cpus) {
    in.take("\n");
    return in.at_end() ? Result(cpus) : CpuListError::Unexpected;
}

/// The members of a set of the metadata, with at least one.
std::optional<CpuListError> read_members(Cursor& in, CpuSet& cpus) {
    do {
        const auto member = in.number();
        if (const auto* error = std::get_if<CpuListError>(&member)) {
            return *error;
        }
        cpus.insert(std::get<Cpu>(member));
    } while (in.take(", ") || in.take(","));
    return std::nullopt;
}

}  // namespace

// ---- CpuSet ----------------------------------------------------------------------------------------------

std::size_t CpuSet::next(std::size_t from) const {
    while (from < cpu_limit) {
        const auto rest = words_[from / word_bits] >> from % word_bits;
        if (rest != 0) {
            return from + static_cast<std::size_t>(std::countr_zero(rest));
        }
        from += word_bits - from % word_bits;
    }
    return cpu_limit;
}

std::size_t CpuSet::count() const {
    return std::accumulate(words_.begin(), words_.end(), std::size_t{0},
                           [](std::size_t sum, std::uint64_t word) {
                               return sum + static_cast<std::size_t>(std::popcount(word));
                           });
}

std::optional<Cpu> CpuSet::last() const {
    for (std::size_t index = words_.size(); index-- > 0;) {
        if (words_[index] != 0) {
            const auto top = word_bits - 1 - static_cast<std::size_t>(std::countl_zero(words_[index]));
            return Cpu::of(static_cast<std::int64_t>(index * word_bits + top));
        }
    }
    return std::nullopt;
}

CpuSet& CpuSet::operator|=(const CpuSet& other) {
    std::transform(words_.begin(), words_.end(), other.words_.begin(), words_.begin(),
                   [](std::uint64_t left, std::uint64_t right) { return left | right; });
    return *this;
}

CpuSet& CpuSet::operator&=(const CpuSet& other) {
    std::transform(words_.begin(), words_.end(), other.words_.begin(), words_.begin(),
                   [](std::uint64_t left, std::uint64_t right) { return left & right; });
    return *this;
}

CpuSet& CpuSet::operator-=(const CpuSet& other) {
    std::transform(words_.begin(), words_.end(), other.words_.begin(), words_.begin(),
                   [](std::uint64_t left, std::uint64_t right) { return left & ~right; });
    return *this;
}

// ---- texts -----------------------------------------------------------------------------------------------

std::string_view to_string(CpuListError error) {
    switch (error) {
        case CpuListError::TooLong:
            return "the text is too long";
        case CpuListError::NoNumber:
            return "a number is missing";
        case CpuListError::OutOfRange:
            return "a number is above 4095";
        case CpuListError::Reversed:
            return "a range is reversed";
        case CpuListError::Unexpected:
            return "there is an unexpected character";
    }
    return "unknown error";
}

Result parse_cpu_list(std::string_view text) {
    if (text.size() > cpu_text_limit) {
        return CpuListError::TooLong;
    }
    CpuSet cpus;
    if (text.empty() || text == "\n") {
        return cpus;
    }
    Cursor in(text);
    do {
        if (const auto error = read_element(in, cpus)) {
            return *error;
        }
    } while (in.take(","));
    return end_of(in, cpus);
}

Result parse_offline_cpuset(std::string_view text) {
    if (text.size() > cpu_text_limit) {
        return CpuListError::TooLong;
    }
    Cursor in(text);
    CpuSet cpus;
    if (in.take("set()") || in.take("set([])")) {
        return end_of(in, cpus);
    }
    const bool is_old = in.take("set([");
    if (!is_old && !in.take("{")) {
        return CpuListError::Unexpected;
    }
    if (const auto error = read_members(in, cpus)) {
        return *error;
    }
    return in.take(is_old ? "])" : "}") ? end_of(in, cpus) : CpuListError::Unexpected;
}

std::string format_cpu_list(const CpuSet& cpus) {
    std::string out;
    for (auto at = cpus.begin(); at != cpus.end();) {
        const auto first = (*at).number();
        auto last = first;
        while (++at != cpus.end() && (*at).number() == last + 1) {
            ++last;
        }
        out += (out.empty() ? "" : ",") + std::to_string(first);
        if (last != first) {
            out += '-' + std::to_string(last);
        }
    }
    return out;
}

std::string format_cpu_array(const CpuSet& cpus) {
    std::string out = "[";
    for (const Cpu cpu : cpus) {
        out += (out.size() == 1 ? "" : ",") + std::to_string(cpu.number());
    }
    return out += ']';
}

}  // namespace vnf::wire
