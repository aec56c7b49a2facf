// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: what a vfio-user server answers to the driver's connection and to its questions for the regions, each answer a
// good one with what the input changes of it, and with descriptors of memory of several kinds. Whatever it is, what is
// mapped can be read to its last byte and is sealed, nothing stays mapped after a refusal, no descriptor stays open, and
// a refusal says why.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "tests/fuzz/promise.hpp"

extern "C" {
#include "avp-pmd/avp_map.h"
}

using namespace vnf::fuzz;

namespace {

constexpr std::size_t kRegionBytes = 3 * 4096;
constexpr std::array<unsigned, 3> kRegions{AVP_BAR_MEMORY, AVP_BAR_MEMORY_MAP, AVP_BAR_DEVICE_INFO};

/// The driver's end of the connection; avp_socket.c's connect() gets it.
int driver_end = -1;

/// What can shrink is full of this, so that it is known where it is mapped.
constexpr char kUnsealed = '\x11';

int memory_with(int seals) {
    const int made = ::memfd_create("fuzzed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    const std::string bytes(kRegionBytes, (seals & F_SEAL_SHRINK) != 0 ? '\0' : kUnsealed);
    promise(made >= 0 && ::write(made, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
            "there is memory");
    promise(::fcntl(made, F_ADD_SEALS, seals) == 0, "memory can be sealed");
    return made;
}

/// What may come with an answer; the last kind stands for none.
int descriptor_of(unsigned kind) {
    static const std::array<int, 4> all{memory_with(F_SEAL_SHRINK | F_SEAL_GROW), memory_with(F_SEAL_GROW),
                                        memory_with(F_SEAL_SHRINK | F_SEAL_WRITE),
                                        ::open("/dev/null", O_RDWR | O_CLOEXEC)};
    return kind < all.size() ? all[kind] : -1;
}

void send_answer(int server, const avp_vfio_user_header& header, std::string_view payload,
                 const std::vector<int>& descriptors) {
    std::array<iovec, 2> parts{iovec{const_cast<avp_vfio_user_header*>(&header), sizeof header},
                               iovec{const_cast<char*>(payload.data()), payload.size()}};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(16 * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
        cmsghdr* passed = CMSG_FIRSTHDR(&message);
        passed->cmsg_level = SOL_SOCKET;
        passed->cmsg_type = SCM_RIGHTS;
        passed->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
        std::memcpy(CMSG_DATA(passed), descriptors.data(), descriptors.size() * sizeof(int));
    }
    // What finds no room any more is not said.
    static_cast<void>(::sendmsg(server, &message, MSG_NOSIGNAL | MSG_DONTWAIT));
}

/// Some bytes of `text` are others.
void damage(std::string& text, std::string_view& input) {
    for (unsigned left = take_byte(input) % 4U; left > 0 && !text.empty(); --left) {
        const std::size_t at = take_byte(input) % text.size();
        text[at] = static_cast<char>(take_byte(input));
    }
}

template <typename Value>
std::string text_of_value(const Value& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

void answer(int server, std::uint16_t id, std::uint16_t command, std::string payload, int good_descriptor,
            std::string_view& input) {
    const auto choice = take_byte(input);
    std::vector<int> descriptors;
    if (good_descriptor >= 0)
        descriptors.push_back(good_descriptor);
    if ((choice & 1U) != 0)
        damage(payload, input);
    if ((choice & 2U) != 0)
        payload.resize(take_byte(input) * 40U, '\x5A');
    avp_vfio_user_header header{id, command, static_cast<std::uint32_t>(sizeof header + payload.size()),
                                AVP_VFIO_USER_TYPE_REPLY, 0};
    if ((choice & 4U) != 0) {
        std::string bytes = text_of_value(header);
        damage(bytes, input);
        std::memcpy(&header, bytes.data(), sizeof header);
    }
    if ((choice & 8U) != 0) {
        descriptors.clear();
        for (unsigned left = take_byte(input) % 16U; left > 0; --left) {
            if (const int one = descriptor_of(take_byte(input) % 5U); one >= 0)
                descriptors.push_back(one);
        }
    }
    send_answer(server, header, payload, descriptors);
}

void say_everything(int server, std::string_view input) {
    std::uint16_t id = 1;
    answer(server, id++, AVP_VFIO_USER_VERSION,
           text_of_value(avp_vfio_user_version{AVP_VFIO_USER_MAJOR, AVP_VFIO_USER_MINOR}) +
               std::string("{}\0", 3),
           -1, input);
    for (const unsigned index : kRegions) {
        avp_vfio_user_region_info info{};
        info.argsz = sizeof info;
        info.flags =
            AVP_VFIO_USER_REGION_READABLE | AVP_VFIO_USER_REGION_WRITABLE | AVP_VFIO_USER_REGION_MAPPABLE;
        info.index = index;
        info.size = kRegionBytes;
        answer(server, id++, AVP_VFIO_USER_GET_REGION_INFO, text_of_value(info), descriptor_of(0), input);
    }
    ::shutdown(server, SHUT_WR);
}

/// Of the first numbers there are.
unsigned open_descriptors() {
    constexpr int most = 64;
    unsigned count = 0;
    for (int number = 0; number < most; ++number)
        count += ::fcntl(number, F_GETFD) >= 0 ? 1 : 0;
    return count;
}

void check_mapped(const avp_region& region) {
    const volatile auto* bytes = static_cast<const volatile char*>(region.base);
    promise(bytes != nullptr && region.bytes > 0 && region.bytes <= kRegionBytes,
            "a region is as large as its memory");
    promise(bytes[0] != kUnsealed, "what can shrink is not mapped");
    static_cast<void>(bytes[region.bytes - 1]);
}

void check_unmapped(const avp_regions& regions) {
    for (const avp_region* region : {&regions.memory, &regions.memory_map, &regions.device_info})
        promise(region->base == nullptr && region->bytes == 0, "nothing of a refused device stays mapped");
}

}  // namespace

extern "C" int fuzz_connect(int descriptor, const sockaddr*, socklen_t) {
    return ::dup2(driver_end, descriptor) < 0 ? -1 : 0;
}

extern "C" int fuzz_clock_gettime(clockid_t, timespec* now) {
    static time_t seconds = 0;
    *now = {++seconds / 1000, 0};
    return 0;
}

extern "C" int fuzz_nanosleep(const timespec*, timespec*) {
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_cast<void>(descriptor_of(0));
    const unsigned before = open_descriptors();
    std::array<int, 2> ends{};
    promise(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "there is a connection");
    driver_end = ends[0];
    say_everything(ends[1], text_of(data, size));
    avp_socket connection{};
    avp_regions regions{};
    avp_refusal refusal{};
    if (avp_sdk_socket_connect(&connection, "server", 10000) == 0) {
        const int error = avp_sdk_map_regions(&connection, &regions, &refusal);
        if (error == 0) {
            for (const avp_region* region : {&regions.memory, &regions.memory_map, &regions.device_info})
                check_mapped(*region);
            avp_sdk_unmap_regions(&regions);
        } else {
            promise(error < 0 && refusal.text[0] != '\0', "a refusal says why");
        }
        check_unmapped(regions);
    }
    avp_sdk_socket_close(&connection);
    ::close(ends[0]);
    ::close(ends[1]);
    promise(open_descriptors() == before, "no descriptor stays open");
    return 0;
}

/// Answers are made anew in each run: what the sanitizer keeps back of them stays small.
extern "C" const char* __asan_default_options() {
    return "quarantine_size_mb=16";
}
