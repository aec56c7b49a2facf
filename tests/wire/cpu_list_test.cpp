// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Sets of vCPUs, and the grammar of each of their texts at its limits.
#include "wire/cpu_list.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

namespace {

using namespace vnf::wire;
using namespace std::string_literals;

using Result = std::variant<CpuSet, CpuListError>;

/// The list as the kernel would write it, or why it is none.
std::string outcome(const Result& result) {
    const auto* const error = std::get_if<CpuListError>(&result);
    return error != nullptr ? std::string(to_string(*error)) : format_cpu_list(std::get<CpuSet>(result));
}

std::string list(std::string_view text) {
    return outcome(parse_cpu_list(text));
}

std::string metadata(std::string_view text) {
    return outcome(parse_offline_cpuset(text));
}

constexpr auto no_number = "a number is missing";
constexpr auto out_of_range = "a number is above 4095";
constexpr auto reversed = "a range is reversed";
constexpr auto unexpected = "there is an unexpected character";

}  // namespace

TEST_CASE("a vCPU is 0 to 4095") {
    for (const std::int64_t number : {0, 1, 4095}) {
        CHECK(Cpu::of(number)->number() == number);
    }
    for (const std::int64_t number : {std::int64_t{-1}, std::int64_t{4096}, std::int64_t{65536},
                                      std::int64_t{1} << 32, std::numeric_limits<std::int64_t>::min()}) {
        CHECK_FALSE(Cpu::of(number));
    }
}

TEST_CASE("a set has first, last and count, and iterates upwards across its words") {
    CpuSet cpus{4095, 64, 0, 63, 127, 128};
    CHECK(cpus.first() == Cpu(0));
    CHECK(cpus.last() == Cpu(4095));
    CHECK(cpus.count() == 6);
    std::vector<int> seen;
    for (const Cpu cpu : cpus) {
        seen.push_back(cpu.number());
    }
    CHECK(seen == std::vector{0, 63, 64, 127, 128, 4095});
    cpus.erase(4095);
    cpus.erase(4095);
    CHECK(cpus.last() == Cpu(128));
    CHECK_FALSE(cpus.contains(4095));
    CHECK(cpus.contains(64));
}

TEST_CASE("the empty set has no first and no last") {
    const CpuSet cpus;
    CHECK(cpus.empty());
    CHECK(cpus.count() == 0);
    CHECK_FALSE(cpus.first());
    CHECK_FALSE(cpus.last());
    CHECK(cpus.begin() == cpus.end());
}

TEST_CASE("sets are united, cut and taken from each other") {
    const CpuSet left{0, 1, 70}, right{1, 70, 4000};
    CHECK((left | right) == CpuSet{0, 1, 70, 4000});
    CHECK((left & right) == CpuSet{1, 70});
    CHECK((left - right) == CpuSet{0});
}

TEST_CASE("lists of the kernel are read and written as they were") {
    for (const auto* const text :
         {"", "0", "4095", "0-3", "0-3,6,8-9", "0,2-3,6,9", "0-4095", "0,64,128-191"}) {
        CHECK(list(text) == text);
        CHECK(list(text + "\n"s) == text);
    }
}

TEST_CASE("B-13: gaps are not online, and vCPUs above 1019 are read") {
    const auto cpus = std::get<CpuSet>(parse_cpu_list("0,2-3,6,9,1019-1025,4095\n"));
    for (int number = 0; number < 4096; ++number) {
        const bool listed = number == 0 || number == 2 || number == 3 || number == 6 || number == 9 ||
                            (number >= 1019 && number <= 1025) || number == 4095;
        CHECK(cpus.contains(*Cpu::of(number)) == listed);
    }
}

TEST_CASE("B-26: a list of one element and one of more than 256 bytes are read") {
    CHECK(list("3") == "3");
    std::string text = "0";
    for (int number = 2; number < 4096; number += 2) {
        text += "," + std::to_string(number);
    }
    CHECK(text.size() > 9000);
    CHECK(list(text) == text);
}

TEST_CASE("overlapping, repeated and unsorted elements make one ascending list") {
    CHECK(list("8-9,3,0-3,2-8,3") == "0-9");
    CHECK(list("5-5") == "5");
    CHECK(list("0007") == "7");
}

TEST_CASE("what is no list is refused by name") {
    for (const auto* const text : {"-", "-3", ",", "1,", ",1", "1-", "1,,2", "a", " ", " 1", "\n\n", "1,-2",
                                   "1-,2", "1, 2", "+1", "1-\n"}) {
        CAPTURE(text);
        CHECK(list(text) == no_number);
    }
    for (const auto* const text : {"1-2-3", "1a", "1 ", "1;2", "0-3\n\n", "1\r\n", "0x1", "1.5"}) {
        CAPTURE(text);
        CHECK(list(text) == unexpected);
    }
    CHECK(list("1\0"s) == unexpected);
    for (const auto* const text :
         {"4096", "0-4096", "9999", "10000", "00000", "99999999999999999999", "1-4294967296"}) {
        CAPTURE(text);
        CHECK(list(text) == out_of_range);
    }
    CHECK(list("3-2") == reversed);
    CHECK(list("0,4095-0") == reversed);
}

TEST_CASE("a text is at most 32 KiB") {
    std::string text = "1";
    while (text.size() + 2 <= cpu_text_limit) {
        text += ",1";
    }
    text.resize(cpu_text_limit, '1');
    CHECK(list(text) == "1,11");
    CHECK(list(text + "1") == "the text is too long");
    CHECK(metadata("{" + text + "}") == "the text is too long");
}

TEST_CASE("the helper's array has its numbers ascending, without blanks") {
    CHECK(format_cpu_array({}) == "[]");
    CHECK(format_cpu_array({2, 0, 1}) == "[0,1,2]");
    CHECK(format_cpu_array({4095}) == "[4095]");
}

TEST_CASE("both notations of the metadata are read") {
    for (const auto* const text : {"set([])", "set()", "set([])\n"}) {
        CHECK(metadata(text) == "");
    }
    CHECK(metadata("set([2, 3])") == "2-3");
    CHECK(metadata("set([10])") == "10");
    CHECK(metadata("{2, 3}") == "2-3");
    CHECK(metadata("{3,2}\n") == "2-3");
    CHECK(metadata("{4095, 0}") == "0,4095");
}

TEST_CASE("hostile metadata is refused") {
    for (const auto* const text : {"",         "[2, 3]",
                                   "2, 3",     "frozenset([2])",
                                   "Set([2])", "<html>404</html>",
                                   "set",      "set(",
                                   "()",       " set([2])",
                                   "{2] ",     "set([2]",
                                   "set([2)",  "{2",
                                   "{2}}",     "set([2, 3]) 4",
                                   "{2}\n\n",  "{2 ,3}",

                                   "{2-3}",    "set([2];reboot)"}) {
        CAPTURE(text);
        CHECK(metadata(text) == unexpected);
    }
    for (const auto* const text : {"{}", "{2, }", "{2,\t3}", "{2,,3}", "set([-1])", "set(['2'])", "{2,  3}",
                                   "{$(reboot)}", "set([[2]])", "{2, ...}"}) {
        CAPTURE(text);
        CHECK(metadata(text) == no_number);
    }
    CHECK(metadata("{4096}") == out_of_range);
    CHECK(metadata("set([99999999999])") == out_of_range);
}
