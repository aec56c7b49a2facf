// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// vCPU numbers, sets of them, and their texts: the kernel's list ("0-3,6"), the array that the scale helper is given
// ("[0,1,2]") and the two ways in which the metadata service writes a set. Every parser is strict, bounded by its type
// (0 to 4095) and leaves nothing half-filled (B-13, B-14). Standard library only.
#pragma once

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace vnf::wire {

inline constexpr std::size_t cpu_limit = 4096;
/// Longest text that is parsed: no list of the kernel comes near it.
inline constexpr std::size_t cpu_text_limit = 32 * 1024;

/// The number of a vCPU: 0 to 4095.
class Cpu {
  public:
    /// A literal; any other number goes through of().
    template <std::integral Integer>
    consteval Cpu(Integer number) : number_(checked(number)) {}
    static constexpr std::optional<Cpu> of(std::int64_t number) {
        return number >= 0 && number < static_cast<std::int64_t>(cpu_limit)
                   ? std::optional(Cpu(Known{}, static_cast<std::uint16_t>(number)))
                   : std::nullopt;
    }
    constexpr std::uint16_t number() const { return number_; }
    friend constexpr auto operator<=>(Cpu, Cpu) = default;

  private:
    friend class CpuSet;
    struct Known {};
    constexpr Cpu(Known, std::uint16_t number) : number_(number) {}
    template <std::integral Integer>
    static consteval std::uint16_t checked(Integer number) {
        return static_cast<std::int64_t>(number) >= 0 && static_cast<std::uint64_t>(number) < cpu_limit
                   ? static_cast<std::uint16_t>(number)
                   : throw "no vCPU has this number";
    }
    std::uint16_t number_;
};

/// A set of vCPUs; iterates in ascending order.
class CpuSet {
  public:
    class Iterator {
      public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = Cpu;
        using difference_type = std::ptrdiff_t;
        using pointer = const Cpu*;
        using reference = Cpu;

        Iterator() = default;
        Cpu operator*() const { return Cpu(Cpu::Known{}, static_cast<std::uint16_t>(at_)); }
        Iterator& operator++() {
            at_ = set_->next(at_ + 1);
            return *this;
        }
        Iterator operator++(int) {
            auto before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

      private:
        friend class CpuSet;
        Iterator(const CpuSet& set, std::size_t at) : set_(&set), at_(at) {}
        const CpuSet* set_ = nullptr;
        std::size_t at_ = cpu_limit;
    };
    using const_iterator = Iterator;

    CpuSet() = default;
    CpuSet(std::initializer_list<Cpu> cpus) {
        for (const Cpu cpu : cpus) {
            insert(cpu);
        }
    }

    bool contains(Cpu cpu) const { return (word(cpu) & bit(cpu)) != 0; }
    void insert(Cpu cpu) { words_[cpu.number() / word_bits] |= bit(cpu); }
    void erase(Cpu cpu) { words_[cpu.number() / word_bits] &= ~bit(cpu); }
    bool empty() const { return next(0) == cpu_limit; }
    std::size_t count() const;
    std::optional<Cpu> first() const { return Cpu::of(static_cast<std::int64_t>(next(0))); }
    std::optional<Cpu> last() const;

    Iterator begin() const { return {*this, next(0)}; }
    Iterator end() const { return {*this, cpu_limit}; }

    CpuSet& operator|=(const CpuSet& other);
    CpuSet& operator&=(const CpuSet& other);
    CpuSet& operator-=(const CpuSet& other);
    friend CpuSet operator|(CpuSet left, const CpuSet& right) { return left |= right; }
    friend CpuSet operator&(CpuSet left, const CpuSet& right) { return left &= right; }
    /// What is in `left` and not in `right`.
    friend CpuSet operator-(CpuSet left, const CpuSet& right) { return left -= right; }
    friend bool operator==(const CpuSet&, const CpuSet&) = default;

  private:
    static constexpr std::size_t word_bits = 64;

    static constexpr std::uint64_t bit(Cpu cpu) { return std::uint64_t{1} << cpu.number() % word_bits; }
    std::uint64_t word(Cpu cpu) const { return words_[cpu.number() / word_bits]; }
    /// The number of the first member from `from` on, cpu_limit if there is none.
    std::size_t next(std::size_t from) const;

    std::array<std::uint64_t, cpu_limit / word_bits> words_{};
};

enum class CpuListError : std::uint8_t {
    TooLong,     ///< above cpu_text_limit
    NoNumber,    ///< a number is missing, or begins with something else than a digit
    OutOfRange,  ///< a number above 4095
    Reversed,    ///< a range whose first is above its last
    Unexpected,  ///< a character that the grammar does not have there
};
/// An English clause: "a number is above 4095".
std::string_view to_string(CpuListError error);

/// list = "" | elem *("," elem), elem = num ["-" num], and at most one LF behind it (specification 4.8). In any order and
/// with repetitions, as the grammar has it.
std::variant<CpuSet, CpuListError> parse_cpu_list(std::string_view text);
/// What the kernel writes: ascending, runs as ranges, no LF. Empty for the empty set.
std::string format_cpu_list(const CpuSet& cpus);
/// "[0,1,2]": the helper's argument (specification 4.5) and the JSON of the scale messages.
std::string format_cpu_array(const CpuSet& cpus);

/// The metadata's offline_cpuset (specification 4.7): "set([2, 3])", "set([])", "{2, 3}", "set()", and at most one LF
/// behind it. "{}" is no set. The blank behind a comma may be missing.
std::variant<CpuSet, CpuListError> parse_offline_cpuset(std::string_view text);

}  // namespace vnf::wire
