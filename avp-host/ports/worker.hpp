// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A thread that runs its forwarders in turn, for as long as the worker exists, on one processor if it is told so.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "avp-host/ports/forwarder.hpp"
#include "avp-host/ports/idle_backoff.hpp"
#include "avp-host/ports/tally.hpp"

namespace vnf::avp {

struct WorkerSettings {
    std::string name;  ///< of the thread, its first 15 bytes
    std::optional<unsigned> cpu{};
    IdleMode idle = IdleMode::Sleep;
    std::chrono::microseconds longest_sleep{100};

    friend bool operator==(const WorkerSettings&, const WorkerSettings&) = default;
};

class Worker {
  public:
    /// The forwarders outlive it. Throws std::runtime_error naming a processor that it may not use.
    Worker(const WorkerSettings& settings, std::vector<Forwarder*> forwarders);
    ~Worker();  ///< after the round that is under way
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    std::uint64_t frames() const { return frames_.value(); }
    std::uint64_t rounds() const { return rounds_.value(); }
    std::uint64_t idle_rounds() const { return idle_rounds_.value(); }

  private:
    void run(IdleBackoff backoff);
    void let_go();

    std::vector<Forwarder*> forwarders_;
    std::atomic<bool> is_ending_{false};
    Tally frames_, rounds_, idle_rounds_;
    std::thread thread_;
};

}  // namespace vnf::avp
