// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The file that a pcap port writes, and its bounds.
#include "avp-host/ports/pcap_port.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <ctime>
#include <fstream>
#include <map>

#include "tests/avp-host/ports/frame_box.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf::avp;

namespace {

/// The bytes of a file, read as a reader of pcap would.
struct PcapFile {
    explicit PcapFile(const std::string& path) : text(vnf::harness::read_file(path)) {}
    std::uint32_t word(std::size_t at) const {
        std::uint32_t value = 0;
        std::memcpy(&value, text.data() + at, sizeof value);
        return value;
    }
    std::string text;
};

std::size_t write(PcapPort& port, const std::vector<KeptFrame>& frames) {
    std::size_t taken = 0;
    for (const KeptFrame& kept : frames) {
        Frame frame;
        FrameBox::lend(kept, frame);
        taken += port.transmit(std::span(&frame, 1));
    }
    port.poll();
    return taken;
}

std::uint64_t counter(const PcapPort& port, std::string_view name) {
    for (const auto& [key, value] : port.counters()) {
        if (key == name)
            return value;
    }
    throw std::logic_error("no such counter");
}

}  // namespace

TEST_CASE("a pcap file has nanoseconds, whole frames, and tags in their places") {
    const vnf::harness::ScratchDirectory scratch;
    const KeptFrame tagged = with_tag(frame_of(1, 2, "second"), 0x600A);
    const auto before = std::time(nullptr);
    {
        PcapPort port({scratch / "frames.pcap"});
        CHECK(write(port, {frame_of(1, 2, "first"), tagged}) == 2);
    }
    const PcapFile file(scratch / "frames.pcap");
    CHECK(file.word(0) == 0xA1B23C4D);
    CHECK(file.word(20) == 1);
    CHECK(file.word(24) >= static_cast<std::uint32_t>(before));
    CHECK(file.word(28) < 1'000'000'000);
    CHECK(file.word(32) == 19);
    CHECK(file.word(36) == 19);
    CHECK(file.text.substr(40 + 14, 5) == "first");
    const std::size_t second = 40 + 19;
    CHECK(file.word(second + 8) == 24);
    CHECK(file.text.substr(second + 16 + 12, 4) == std::string("\x81\x00\x60\x0A", 4));
    CHECK(file.text.substr(second + 16 + 18) == "second");
}

TEST_CASE("a pcap file ends before its bound, and what would pass it is counted") {
    const vnf::harness::ScratchDirectory scratch;
    const std::uint64_t three = 24 + 3 * (16 + 19);
    PcapSettings settings{scratch / "frames.pcap"};
    settings.max_bytes = three + 34;
    const std::vector<KeptFrame> frames(5, frame_of(1, 2, "frame"));
    {
        PcapPort port(settings);
        CHECK(write(port, frames) == 3);
        CHECK(counter(port, "dropped_file_full") == 2);
    }
    CHECK(PcapFile(scratch / "frames.pcap").text.size() == three);
}

TEST_CASE("of a frame that is longer than what is wanted of each, its length is told") {
    const vnf::harness::ScratchDirectory scratch;
    PcapSettings settings{scratch / "frames.pcap"};
    settings.bytes_of_frame = 60;
    { CHECK(write(*std::make_unique<PcapPort>(settings), {frame_of(1, 2, std::string(9224, 'x'))}) == 1); }
    const PcapFile file(scratch / "frames.pcap");
    CHECK(file.word(32) == 60);
    CHECK(file.word(36) == 9238);
    CHECK(file.text.size() == 24 + 16 + 60);
}

TEST_CASE("a disk that takes nothing costs frames that are counted, and stops nobody") {
    PcapPort port({"/dev/full"});
    const std::vector<KeptFrame> frames(10, frame_of(1, 2, std::string(9000, 'x')));
    while (counter(port, "dropped_error") == 0)
        write(port, frames);
    CHECK(counter(port, "written") == 0);
}

TEST_CASE("a pcap file that can't be made, or is a link, says which") {
    const vnf::harness::ScratchDirectory scratch;
    CHECK_THROWS_WITH(PcapPort({scratch / "nowhere/frames.pcap"}), Catch::Contains("nowhere/frames.pcap"));
    std::filesystem::create_symlink(scratch / "elsewhere", scratch / "link.pcap");
    CHECK_THROWS_WITH(PcapPort({scratch / "link.pcap"}), Catch::Contains("link.pcap"));
}
