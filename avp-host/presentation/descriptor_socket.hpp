// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Bytes and file descriptors over a Unix stream socket, without waiting. Whoever reads never asks for more than the rest
// of one message, so that descriptors belong to the message in whose bytes they came.
#pragma once

#include <cstddef>
#include <span>
#include <system_error>
#include <vector>

#include "runtime/file_descriptor.hpp"

namespace vnf::avp {

constexpr std::size_t kMostDescriptors = 16;  ///< with one message

struct Received {
    std::size_t bytes = 0;  ///< 0 without an error: the peer has ended
    std::error_code error;  ///< operation_would_block if there is nothing
    /// Descriptors came that could not be kept: more than kMostDescriptors, or more than this process may have.
    bool lost_descriptors = false;
};

/// Descriptors are closed on exec, and put behind those in `descriptors`; too many are all closed.
Received receive(int socket, std::span<std::byte> into, std::vector<runtime::FileDescriptor>& descriptors);

/// How many bytes went out; a descriptor goes with the first one. -1: none.
std::size_t send(int socket, std::span<const std::byte> bytes, int descriptor, std::error_code& error);

}  // namespace vnf::avp
