// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/files_presentation.hpp"

#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <optional>

#include "avp-host/presentation/polled_registers.hpp"
#include "runtime/clock.hpp"
#include "runtime/log.hpp"

namespace vnf::avp {
namespace {

using boost::system::error_code;
using runtime::FileDescriptor;

constexpr runtime::Milliseconds look_every{5};

[[noreturn]] void fail(const std::filesystem::path& path) {
    throw std::system_error(runtime::last_error(), path.string());
}

/// Held open for both directions, so that it works with and without a driver.
FileDescriptor open_fifo(const std::filesystem::path& path) {
    FileDescriptor fifo(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
    if (!fifo)
        fail(path);
    return fifo;
}

/// Of those who open and close the FIFO from now on.
FileDescriptor watch_fifo(const std::filesystem::path& path) {
    FileDescriptor watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!watch || ::inotify_add_watch(watch.get(), path.c_str(), IN_OPEN | IN_CLOSE) < 0)
        fail(path);
    return watch;
}

}  // namespace

class FilesPresentation::Impl : public InterruptLine, public std::enable_shared_from_this<Impl> {
  public:
    Impl(boost::asio::io_context& io, std::string name, DevicePlace place, std::size_t memory_bytes)
        : name_(std::move(name)),
          files_(std::move(place), memory_bytes),
          registers_(files_.open_registers()),
          fifo_(open_fifo(files_.interrupt_path())),
          watch_(io, watch_fifo(files_.interrupt_path()).release()),
          timer_(io) {}

    /// By a worker or the control thread; the register must be there before the interrupt, so the next look brings both.
    void raise(unsigned vector) override {
        if (vector == AVP_VECTOR_STATUS)
            raised_.store(true, std::memory_order_release);
    }

    void start(Device& device, PortGate& gate) {
        device_ = &device;
        gate_ = &gate;
        polled_.emplace(device, registers_);
        look_later();
        wait_for_drivers();
    }

    void stop() {
        if (!polled_)
            return;
        timer_.cancel();
        error_code ignored;
        watch_.close(ignored);
        polled_->say_gone();
        polled_.reset();
    }

    DeviceFiles& files() { return files_; }
    bool has_driver() const { return open_count_ != 0; }
    const FilesCounters& counters() const { return counters_; }

  private:
    void look_later() {
        timer_.expires_after(look_every);
        timer_.async_wait([self = shared_from_this()](const error_code& error) {
            if (error || !self->polled_)
                return;
            self->look();
            self->look_later();
        });
    }

    void look() {
        {
            const auto held = gate_->hold();
            polled_->poll();
        }
        if (raised_.exchange(false, std::memory_order_acquire))
            interrupt();
    }

    void interrupt() {
        const auto number = static_cast<std::uint32_t>(++counters_.interrupts);
        // A full FIFO wakes whoever reads it as well.
        [[maybe_unused]] const ssize_t written = ::write(fifo_.get(), &number, sizeof number);
    }

    void wait_for_drivers() {
        watch_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](const error_code& error) {
                              if (error || !self->polled_)
                                  return;
                              self->take_events();
                              self->wait_for_drivers();
                          });
    }

    void take_events() {
        alignas(inotify_event) std::array<char, 4096> buffer{};
        const ssize_t got = ::read(watch_.native_handle(), buffer.data(), buffer.size());
        for (ssize_t at = 0; at + static_cast<ssize_t>(sizeof(inotify_event)) <= got;) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            at += static_cast<ssize_t>(sizeof event + event.len);
            if ((event.mask & IN_OPEN) != 0)
                driver_came();
            // The queue was too long to be kept: who is there is not known, so nobody is.
            if ((event.mask & (IN_CLOSE | IN_Q_OVERFLOW)) != 0)
                driver_left();
        }
    }

    void driver_came() {
        ++open_count_;
        ++counters_.drivers;
        runtime::log_info("driver opened its interrupt file", {{"port", name_}});
    }

    void driver_left() {
        open_count_ -= open_count_ != 0 ? 1 : 0;
        {
            const auto held = gate_->hold();
            device_->renew();
            polled_->clear();
        }
        raised_.store(false, std::memory_order_relaxed);
        std::array<char, 4096> stale{};
        while (::read(fifo_.get(), stale.data(), stale.size()) > 0) {
        }
        runtime::log_info("driver left", {{"port", name_}});
    }

    std::string name_;
    DeviceFiles files_;
    Region registers_;
    FileDescriptor fifo_;
    boost::asio::posix::stream_descriptor watch_;
    boost::asio::steady_timer timer_;
    std::atomic<bool> raised_{false};
    FilesCounters counters_;
    unsigned open_count_ = 0;
    Device* device_ = nullptr;
    PortGate* gate_ = nullptr;
    std::optional<PolledRegisters> polled_;
};

FilesPresentation::FilesPresentation(boost::asio::io_context& io, std::string name, DevicePlace place,
                                     std::size_t memory_bytes)
    : impl_(std::make_shared<Impl>(io, std::move(name), std::move(place), memory_bytes)) {}
FilesPresentation::~FilesPresentation() {
    impl_->stop();
}
DeviceRegions FilesPresentation::open_regions() const {
    return impl_->files().open_regions();
}
InterruptLine& FilesPresentation::interrupts() {
    return *impl_;
}
void FilesPresentation::start(Device& device, PortGate& gate) {
    impl_->start(device, gate);
}
void FilesPresentation::stop() {
    impl_->stop();
}
bool FilesPresentation::has_driver() const {
    return impl_->has_driver();
}
const FilesCounters& FilesPresentation::counters() const {
    return impl_->counters();
}
std::string FilesPresentation::pci_address() const {
    return impl_->files().pci_address();
}

}  // namespace vnf::avp
