// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See worker.hpp.
#include "avp-host/ports/worker.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#include <csignal>
#include <stdexcept>
#include <system_error>

namespace vnf::avp {
namespace {

/// The kernel's default adds 50 us to every sleep.
constexpr unsigned long kTimerSlackNanoseconds = 1000;

/// The new thread takes no signal, and is where it belongs before it runs.
class ThreadStart {
  public:
    explicit ThreadStart(const WorkerSettings& settings) {
        if (settings.cpu)
            move_to(*settings.cpu);
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &signals_);
    }
    ~ThreadStart() {
        ::pthread_sigmask(SIG_SETMASK, &signals_, nullptr);
        if (has_moved_)
            ::sched_setaffinity(0, sizeof processors_, &processors_);
    }
    ThreadStart(const ThreadStart&) = delete;
    ThreadStart& operator=(const ThreadStart&) = delete;

  private:
    void move_to(unsigned cpu) {
        cpu_set_t one;
        CPU_ZERO(&one);
        if (cpu < CPU_SETSIZE)
            CPU_SET(cpu, &one);
        if (::sched_getaffinity(0, sizeof processors_, &processors_) != 0 || cpu >= CPU_SETSIZE ||
            ::sched_setaffinity(0, sizeof one, &one) != 0)
            throw std::runtime_error("cpu: this process may not use processor " + std::to_string(cpu));
        has_moved_ = true;
    }

    cpu_set_t processors_{};
    sigset_t signals_{};
    bool has_moved_ = false;
};

void rest(const IdleBackoff::Rest& how) {
    using Kind = IdleBackoff::Rest::Kind;
    switch (how.kind) {
        case Kind::None:
            break;
        case Kind::Spin:
#if defined(__x86_64__)
            __builtin_ia32_pause();
#endif
            break;
        case Kind::Yield:
            std::this_thread::yield();
            break;
        case Kind::Sleep:
            std::this_thread::sleep_for(how.time);
            break;
    }
}

}  // namespace

Worker::Worker(const WorkerSettings& settings, std::vector<Forwarder*> forwarders)
    : forwarders_(std::move(forwarders)) {
    const ThreadStart start(settings);
    const IdleBackoff backoff(settings.idle, settings.longest_sleep);
    thread_ = std::thread([this, backoff] { run(backoff); });
    ::pthread_setname_np(thread_.native_handle(), settings.name.substr(0, 15).c_str());
}

Worker::~Worker() {
    is_ending_.store(true, std::memory_order_relaxed);
    thread_.join();
}

void Worker::run(IdleBackoff backoff) {
    ::prctl(PR_SET_TIMERSLACK, kTimerSlackNanoseconds, 0, 0, 0);
    while (!is_ending_.load(std::memory_order_relaxed)) {
        const runtime::TimePoint now = runtime::Clock::now();
        std::size_t moved = 0;
        for (Forwarder* forwarder : forwarders_)
            moved += forwarder->run(now);
        rounds_.add();
        frames_.add(moved);
        if (moved == 0) {
            idle_rounds_.add();
            let_go();
        }
        rest(backoff.after_round(moved != 0));
    }
    let_go();
}

void Worker::let_go() {
    for (Forwarder* forwarder : forwarders_)
        forwarder->rest();
}

}  // namespace vnf::avp
