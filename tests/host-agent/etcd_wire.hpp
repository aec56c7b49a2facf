// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A wire between a service under test and an etcd node that a test can cut: a relay on loopback.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace vnf::host {

class EtcdWire {
  public:
    EtcdWire(boost::asio::io_context& io, unsigned short etcd_port);
    ~EtcdWire();
    EtcdWire(const EtcdWire&) = delete;
    EtcdWire& operator=(const EtcdWire&) = delete;

    std::string endpoint(const std::string& scheme = "http") const;
    /// Connections end, new ones are refused.
    void cut();
    /// Connections stay, and nothing passes: a peer that is partitioned or stopped.
    void silence();
    /// The same for connections with a watch on them; all others pass.
    void silence_watches();
    /// What is asked on the connections that there are arrives, and is not answered.
    void swallow_answers();
    /// Every watch ends with its first news, until mended.
    void end_watches() { ends_watches_ = true; }
    /// Answers pass so much later, on the connections that there are and on those to come.
    void delay(std::chrono::milliseconds by) { delay_ = by; }
    /// New connections pass. Those that were silenced stay silent, as after a partition that took too long.
    void mend();

  private:
    struct Pair;
    void accept();

    boost::asio::io_context& io_;
    boost::asio::ip::tcp::endpoint etcd_, own_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::vector<std::weak_ptr<Pair>> pairs_;
    std::vector<std::shared_ptr<Pair>> held_;  ///< accepted while silent
    bool silent_ = false, ends_watches_ = false;
    std::chrono::milliseconds delay_{0};
};

}  // namespace vnf::host
