// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Tells when the kernel says that a vCPU came, went, or was switched, by whomever: its uevents on a netlink socket. Where
// that can't be had (another network namespace, a sandbox) nothing is told, and changes are seen when somebody looks.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <string_view>

namespace vnf::scale {

class CpuEvents {
  public:
    /// `changed` is called on the loop, once for as many events as were there.
    CpuEvents(boost::asio::io_context& io, std::function<void()> changed);
    void start();

    /// "online@/devices/system/cpu/cpu3" and what follows it.
    static bool is_of_cpu(std::string_view event);

  private:
    void wait_readable();
    bool read_once(bool& of_cpu);

    std::function<void()> changed_;
    boost::asio::posix::stream_descriptor socket_;
};

}  // namespace vnf::scale
