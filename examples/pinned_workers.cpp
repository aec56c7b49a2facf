// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "pinned_workers.hpp"

#include <sched.h>

#include <atomic>
#include <chrono>
#include <future>
#include <system_error>
#include <thread>

namespace workers {
namespace {

bool pin_to(int cpu) {
    cpu_set_t* const mask = CPU_ALLOC(static_cast<std::size_t>(cpu) + 1);
    if (mask == nullptr)
        return false;
    const std::size_t size = CPU_ALLOC_SIZE(static_cast<std::size_t>(cpu) + 1);
    CPU_ZERO_S(size, mask);
    CPU_SET_S(static_cast<std::size_t>(cpu), size, mask);
    const bool is_pinned = ::sched_setaffinity(0, size, mask) == 0;
    CPU_FREE(mask);
    return is_pinned;
}

}  // namespace

class PinnedWorkers::Worker {
  public:
    Worker(int cpu, bool busy) : thread_([this, cpu, busy] { run(cpu, busy); }) {}
    ~Worker() {
        stop_ = true;
        thread_.join();
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    bool is_pinned() { return pinned_.get_future().get(); }
    std::uint64_t work_done() const { return done_; }

  private:
    void run(int cpu, bool busy) {
        const bool is_pinned = pin_to(cpu);
        pinned_.set_value(is_pinned);
        while (is_pinned && !stop_) {
            const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
            while (std::chrono::steady_clock::now() < end)
                ;
            ++done_;
            if (!busy)
                std::this_thread::sleep_for(std::chrono::milliseconds(9));
        }
    }

    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> done_{0};
    std::promise<bool> pinned_;
    std::thread thread_;  // the last member: it uses the others
};

PinnedWorkers::PinnedWorkers(bool busy) : busy_(busy) {}
PinnedWorkers::~PinnedWorkers() = default;

bool PinnedWorkers::start(int cpu) {
    if (has(cpu))
        return true;
    try {
        auto fresh = std::make_unique<Worker>(cpu, busy_);
        if (!fresh->is_pinned())
            return false;
        workers_[cpu] = std::move(fresh);
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

void PinnedWorkers::stop(int cpu) {
    const auto found = workers_.find(cpu);
    if (found == workers_.end())
        return;
    done_before_ += found->second->work_done();
    workers_.erase(found);
}

std::vector<int> PinnedWorkers::cpus() const {
    std::vector<int> cpus;
    for (const auto& worker : workers_)
        cpus.push_back(worker.first);
    return cpus;
}

std::uint64_t PinnedWorkers::work_done() const {
    std::uint64_t done = done_before_;
    for (const auto& worker : workers_)
        done += worker.second->work_done();
    return done;
}

}  // namespace workers
