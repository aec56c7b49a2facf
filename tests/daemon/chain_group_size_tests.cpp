// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The sizes of a broadcast from end to end: what was sent arrives byte for byte, at handles and at old clients; what no
// old client could take is refused where it is sent (server-group specification 3.5).
#include <catch2/catch.hpp>

#include "tests/daemon/group_chain.hpp"
#include "tests/harness/own_network.hpp"

namespace vnf::test {
namespace {

std::string repeated(std::size_t count, const std::string& what) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += what;
    return all;
}

/// All of them but NUL, which is no text; each makes six bytes or two.
std::string control_characters() {
    std::string all;
    for (char c = 1; c < 0x20; ++c)
        all += c;
    return all + '\x7f';
}

struct Sized {
    const char* what;
    std::string text;
};

const std::vector<Sized>& accepted() {
    static const std::vector<Sized> all{
        {"nothing", ""},
        {"one byte", "x"},
        {"3050 bytes", std::string(3050, 'x')},
        {"quotes that make 3951 escaped bytes", repeated(1975, "\"") + "x"},
        {"slashes that make 3951 escaped bytes", repeated(1975, "/") + "x"},
        {"nothing but slashes", repeated(1975, "/")},
        {"mixed bytes that make 3951 escaped ones", repeated(901, "/") + std::string(2149, 'x')},
        {"every control character", control_characters()},
        {"nothing but control characters, 3948 escaped bytes", repeated(658, "\x01")},
        {"line ends, 3950 escaped bytes", repeated(1975, "\n")},
        {"the first and last code point of each length of UTF-8",
         "\x7f \xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf \xf0\x90\x80\x80 "
         "\xf4\x8f\xbf\xbf"},
        {"3050 bytes of two each", repeated(1525, "\xc3\xb6")},
        {"3048 bytes of three each", repeated(1016, "\xe2\x82\xac")},
        {"3048 bytes of four each", repeated(762, "\xf0\x9f\x98\x80")},
        {"what looks like the protocol", R"({"version":2,"msg_type":"nack","data":null}\u0000 \)"},
    };
    return all;
}

struct Refused {
    const char* what;
    std::string text;
    vnf_sg_error error;
};

const std::vector<Refused>& refused() {
    static const std::vector<Refused> all{
        {"3051 bytes", std::string(3051, 'x'), VNF_SG_ERROR_TOO_LONG},
        {"60000 bytes", std::string(60000, 'x'), VNF_SG_ERROR_TOO_LONG},
        {"slashes that make 3952 escaped bytes", repeated(1976, "/"), VNF_SG_ERROR_TOO_LONG_ESCAPED},
        {"mixed bytes that make 3952 escaped ones", repeated(902, "/") + std::string(2148, 'x'),
         VNF_SG_ERROR_TOO_LONG_ESCAPED},
        {"control characters that make 3954 escaped bytes", repeated(659, "\x01"),
         VNF_SG_ERROR_TOO_LONG_ESCAPED},
        {"3052 bytes of two each", repeated(1526, "\xc3\xb6"), VNF_SG_ERROR_TOO_LONG},
        {"a NUL", std::string("a\0b", 3), VNF_SG_ERROR_NOT_TEXT},
        {"half a character", "\xc3", VNF_SG_ERROR_NOT_TEXT},
        {"a surrogate", "\xed\xa0\x80", VNF_SG_ERROR_NOT_TEXT},
    };
    return all;
}

TEST_CASE("Every legal text arrives byte for byte, at a handle and in at most 4096 bytes at an old client") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sender = chain[0].application(), peer = chain[1].application();
    OldGroupClient old_peer(chain.stage, chain[1].network());
    for (const Sized& sized : accepted()) {
        INFO(sized.what);
        peer->forget();
        REQUIRE(sender->say(sized.text) == VNF_SG_OK);
        peer->await_broadcasts(1);
        CHECK(peer->broadcasts.front().text == sized.text);
        CHECK(text(old_peer.expect("broadcast"), "data") == sized.text);
    }
    CHECK(old_peer.largest_datagram() <= 4096);
    CHECK(sender->refusals.empty());
}

TEST_CASE("Every legal text of an old client arrives byte for byte; one byte more is refused with a nack") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto peer = chain[1].application();
    OldGroupClient old_sender(chain.stage, chain[0].network());
    for (const Sized& sized : accepted()) {
        INFO(sized.what);
        peer->forget();
        old_sender.broadcast(sized.text);
        peer->await_broadcasts(1);
        CHECK(peer->broadcasts.front().text == sized.text);
    }
    peer->forget();
    for (const Refused& too_long : refused()) {
        INFO(too_long.what);
        if (too_long.error == VNF_SG_ERROR_NOT_TEXT)
            continue;  // no JSON text that an old client could send
        old_sender.broadcast(too_long.text);
        CHECK(text(old_sender.expect("nack"), "orig_msg_type") == "broadcast");
    }
    peer->status();
    CHECK(peer->broadcasts.empty());
}

TEST_CASE("What peers could not receive is refused at the sender with the error that says why") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sender = chain[0].application(), peer = chain[1].application();
    for (const Refused& one : refused()) {
        INFO(one.what);
        CHECK(sender->say(one.text) == one.error);
    }
    REQUIRE(sender->say("good") == VNF_SG_OK);
    peer->await_broadcasts(1);
    CHECK(peer->broadcasts.front().text == "good");
    CHECK(sender->refusals.empty());
}

}  // namespace
}  // namespace vnf::test
