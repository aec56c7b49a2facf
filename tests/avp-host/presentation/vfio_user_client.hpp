// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A scripted vfio-user client: says exactly what a test tells it, over a real socket, and hands back what came. The
// server's loop runs in the same thread while it waits.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "avp-abi/avp_vfio_user.h"
#include "runtime/file_descriptor.hpp"
#include "tests/harness/file_descriptor.hpp"

namespace vnf::avp::test {

using runtime::FileDescriptor;
using MessageBytes = std::vector<std::byte>;

struct ScriptedReply {
    avp_vfio_user_header header{};
    MessageBytes payload;
    std::vector<FileDescriptor> descriptors;

    bool is_error() const { return (header.flags & AVP_VFIO_USER_ERROR) != 0; }
    /// The payload's front as that structure. The test fails if it is shorter.
    template <typename Structure>
    Structure as() const {
        Structure structure{};
        copy_front(&structure, sizeof structure);
        return structure;
    }
    void copy_front(void* into, std::size_t bytes) const;
};

template <typename Structure>
MessageBytes as_payload(const Structure& structure, std::string_view data = {}) {
    const auto head = std::as_bytes(std::span(&structure, 1));
    const auto tail = std::as_bytes(std::span(data));
    MessageBytes payload(head.begin(), head.end());
    payload.insert(payload.end(), tail.begin(), tail.end());
    return payload;
}

class VfioUserClient {
  public:
    VfioUserClient(boost::asio::io_context& io, const std::string& path);

    /// A whole message, with a correct header. Its id.
    std::uint16_t send(std::uint16_t command, const MessageBytes& payload,
                       std::span<const int> descriptors = {}, std::uint32_t flags = 0);
    void send_bytes(std::span<const std::byte> bytes, std::span<const int> descriptors = {});
    /// The next reply; nothing if the server has ended the connection.
    std::optional<ScriptedReply> receive();
    /// Both, and the reply is this message's.
    ScriptedReply ask(std::uint16_t command, const MessageBytes& payload,
                      std::span<const int> descriptors = {});

    /// VERSION, as QEMU says it.
    ScriptedReply ask_version();
    MessageBytes read_region(std::uint32_t region, std::uint64_t offset, std::uint32_t count);
    std::uint32_t read_register(std::uint64_t offset);
    void write_region(std::uint32_t region, std::uint64_t offset, std::string_view data);
    void write_register(std::uint64_t offset, std::uint32_t value);
    ScriptedReply set_irqs(std::uint32_t flags, std::uint32_t index, std::uint32_t start, std::uint32_t count,
                           std::span<const int> descriptors = {}, std::string_view data = {});
    bool server_has_ended();
    /// Another loop turns while it waits from now on.
    void go_to(boost::asio::io_context& io) { io_ = &io; }
    void close() { socket_.reset(); }
    int descriptor() const { return socket_.get(); }

  private:
    bool read_exactly(std::span<std::byte> into, std::vector<FileDescriptor>& descriptors);

    boost::asio::io_context* io_;
    harness::FileDescriptor socket_;
    std::uint16_t last_id_ = 0;
};

MessageBytes version_payload();

}  // namespace vnf::avp::test
