// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Lines out of a stream that is cut anywhere.
#include "wire/line_framing.hpp"

#include <catch2/catch.hpp>

#include "tests/wire/collected_lines.hpp"
#include "tests/wire/vector_file.hpp"

namespace {

using vnf::test::feed;
using vnf::wire::LineAssembler;
using vnf::wire::RawNewline;
using Lines = std::vector<std::string>;

constexpr std::size_t limit = 4096;

/// Every captured line as it was on the channel.
std::pair<std::string, Lines> captured() {
    std::string stream;
    Lines lines;
    for (const auto& vector : vnf::test::read_vectors("heartbeat_lines.txt")) {
        lines.push_back(vector.lines.at(0));
        stream += "\n" + lines.back() + "\n";
    }
    return {stream, lines};
}

}  // namespace

TEST_CASE("several messages in one read come out one by one, without the empty lines between them") {
    const auto [stream, lines] = captured();
    for (const auto mode : {RawNewline::EndsLine, RawNewline::KeptInString}) {
        LineAssembler assembler(limit, mode);
        CHECK(feed(assembler, stream) == lines);
        CHECK(assembler.pending() == 0);
    }
}

TEST_CASE("a stream split at every offset gives the same lines") {
    auto [stream, lines] = captured();
    stream.resize(stream.find('\n', 1500) + 1);
    for (const auto mode : {RawNewline::EndsLine, RawNewline::KeptInString}) {
        LineAssembler reference(limit, mode);
        const auto expected = feed(reference, stream);
        REQUIRE(expected.size() > 5);
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            LineAssembler assembler(limit, mode);
            auto split = feed(assembler, stream.substr(0, cut));
            const auto rest = feed(assembler, stream.substr(cut));
            split.insert(split.end(), rest.begin(), rest.end());
            if (split != expected) {
                FAIL("cut at " << cut);
            }
        }
    }
}

TEST_CASE("a stream that arrives byte by byte gives the same lines") {
    const auto [stream, lines] = captured();
    for (const auto mode : {RawNewline::EndsLine, RawNewline::KeptInString}) {
        LineAssembler assembler(limit, mode);
        Lines got;
        for (const char byte : stream) {
            const auto more = feed(assembler, std::string(1, byte));
            got.insert(got.end(), more.begin(), more.end());
        }
        CHECK(got == lines);
    }
}

TEST_CASE("a line at the limit is kept, one byte more is dropped, counted once, and the next line works") {
    for (const auto mode : {RawNewline::EndsLine, RawNewline::KeptInString}) {
        for (const std::size_t piece : {1U, 7U, 100U}) {
            LineAssembler assembler(16, mode);
            const std::string stream = std::string(16, 'a') + "\n" + std::string(17, 'b') + "\n" + "{next}\n";
            Lines got;
            for (std::size_t at = 0; at < stream.size(); at += piece) {
                const auto more = feed(assembler, stream.substr(at, piece));
                got.insert(got.end(), more.begin(), more.end());
            }
            CHECK(got == Lines{std::string(16, 'a'), "{next}"});
            CHECK(assembler.overlong() == 1);
        }
    }
}

TEST_CASE("a line without an end holds no more than the limit") {
    LineAssembler assembler(limit, RawNewline::KeptInString);
    for (int i = 0; i < 1000; ++i) {
        CHECK(feed(assembler, "\"" + std::string(1000, 'x')).empty());
        REQUIRE(assembler.pending() <= limit);
    }
    CHECK(assembler.overlong() == 1);
    CHECK(feed(assembler, "\n{}\n") == Lines{"{}"});
}

TEST_CASE("G-24: a partial line of the old session is forgotten at a reset") {
    for (const auto mode : {RawNewline::EndsLine, RawNewline::KeptInString}) {
        for (const std::string partial :
             {R"({"msg_type":"init_)", R"({"log_msg":"half\)", "{\"log_msg\":\"half"}) {
            LineAssembler assembler(limit, mode);
            CHECK(feed(assembler, "\n" + partial).empty());
            assembler.reset();
            CHECK(assembler.pending() == 0);
            CHECK(feed(assembler, "{\"a\":1}\n") == Lines{"{\"a\":1}"});
        }
    }
}

TEST_CASE("G-24: a newline held at the end of the old session is forgotten at a reset") {
    LineAssembler assembler(limit, RawNewline::KeptInString);
    CHECK(feed(assembler, "{\"log_msg\":\"half\n").empty());
    assembler.reset();
    CHECK(feed(assembler, "plain\n") == Lines{"plain"});
}

TEST_CASE("a reset in the middle of an overlong line ends the dropping") {
    LineAssembler assembler(8);
    CHECK(feed(assembler, "0123456789").empty());
    assembler.reset();
    CHECK(feed(assembler, "{}\n") == Lines{"{}"});
}

TEST_CASE("a line may hold any byte but a LF") {
    LineAssembler assembler(limit);
    const std::string odd("\0\r\xff\x80{", 5);
    CHECK(feed(assembler, odd + "\n") == Lines{odd});
}
