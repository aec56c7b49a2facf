// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Two AVP devices with their ports wired to each other, for what drives real guests: avp-host at its smallest.
//     avp_crossed_host vfio-user:SOCKET vfio-user:SOCKET | files:FOLDER files:FOLDER
// Commands come on standard input, one a line, and have one line of answer: "detach N", "attach N", "link N 0|1",
// "show" (a JSON array with an object for each port). The end of standard input ends it.
#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <iostream>
#include <memory>
#include <sstream>

#include "avp-host/ports/port_pair.hpp"
#include "avp-host/ports/worker.hpp"
#include "avp-host/presentation/files_presentation.hpp"
#include "avp-host/presentation/vfio_user_server.hpp"

using namespace vnf::avp;
namespace asio = boost::asio;

namespace {

DeviceSettings settings_of(unsigned number, bool is_files) {
    DeviceSettings settings;
    settings.interface_name = fmt::format("avp{}", number);
    settings.mac = {2, 0, 0, 0, 0, static_cast<std::uint8_t>(number + 1)};
    settings.device_id = 100 + number;
    settings.ring_slots = 256;
    settings.buffers = 2048;
    settings.offers_rx_interrupts = !is_files;
    return settings;
}

/// One device and how it is shown.
class PresentedDevicePort {
  public:
    PresentedDevicePort(asio::io_context& io, unsigned number, const std::string& where) {
        const std::string kind = where.substr(0, where.find(':'));
        const std::string path = where.substr(where.find(':') + 1);
        const std::string name = fmt::format("port{}", number);
        const auto settings = settings_of(number, kind == "files");
        if (kind == "files") {
            files_ = std::make_unique<FilesPresentation>(io, name, DevicePlace{path, number},
                                                         Device::memory_bytes(settings));
            device_ = std::make_unique<Device>(settings, files_->open_regions(), files_->interrupts());
            files_->start(*device_, gate_);
        } else {
            device_ = std::make_unique<Device>(settings, Device::sealed_regions(settings), interrupts_);
            VfioUserServerOptions options{name, {}, vnf::runtime::Milliseconds(5000)};
            options.socket.path = path;
            server_ =
                std::make_unique<VfioUserServer>(io, options, PresentedDevice{*device_, gate_, interrupts_});
            server_->start();
        }
        attachment_ = std::make_unique<Attachment>(name, *device_, gate_);
    }

    std::string show() {
        const auto held = gate_.hold();
        const auto& statistics = device_->statistics();
        QueueStatistics in;
        QueueStatistics out;
        for (std::size_t queue = 0; queue < AVP_MAX_QUEUES; ++queue) {
            in.frames += statistics.from_guest.at(queue).frames;
            in.dropped += statistics.from_guest.at(queue).dropped;
            out.frames += statistics.to_guest.at(queue).frames;
            out.dropped += statistics.to_guest.at(queue).dropped;
        }
        std::uint64_t faults = 0;
        for (const auto count : statistics.faults)
            faults += count;
        const auto driver = device_->guest_driver();
        return fmt::format(
            R"({{"state":"{}","migration":"{}","client":{},"driver":{},"resets":{},"faults":{},)"
            R"("from_guest":{},"from_guest_dropped":{},"to_guest":{},"to_guest_dropped":{},"not_up":{}}})",
            name_of(device_->state()), name_of(device_->migration_answer()),
            (server_ && server_->client()) || (files_ && files_->has_driver()),
            driver ? static_cast<int>(driver->kind) : -1, statistics.resets, faults, in.frames, in.dropped,
            out.frames, out.dropped, statistics.of(Drop::NotUp));
    }
    Device& device() { return *device_; }
    PortGate& gate() { return gate_; }
    Attachment& attachment() { return *attachment_; }

  private:
    PortGate gate_;
    InterruptEvents interrupts_;
    std::unique_ptr<FilesPresentation> files_;
    std::unique_ptr<Device> device_;
    std::unique_ptr<VfioUserServer> server_;
    std::unique_ptr<Attachment> attachment_;
};

using Ports = std::vector<std::unique_ptr<PresentedDevicePort>>;

std::string answer_to(const std::string& line, Ports& ports) {
    std::istringstream words(line);
    std::string command;
    unsigned number = 0;
    unsigned value = 0;
    words >> command >> number >> value;
    if (command == "show")
        return fmt::format("[{},{}]", ports[0]->show(), ports[1]->show());
    if (number >= ports.size())
        return "no such port";
    Device& device = ports[number]->device();
    const auto held = ports[number]->gate().hold();
    if (command == "detach")
        device.detach();
    else if (command == "attach")
        device.attach(device.settings());
    else if (command == "link")
        device.set_link(value != 0);
    else
        return "no such command";
    return "done";
}

void read_commands(asio::posix::stream_descriptor& input, asio::streambuf& buffer, Ports& ports) {
    asio::async_read_until(input, buffer, '\n', [&](const boost::system::error_code& error, std::size_t) {
        if (error) {
            static_cast<asio::io_context&>(input.get_executor().context()).stop();
            return;
        }
        std::istream stream(&buffer);
        std::string line;
        std::getline(stream, line);
        std::cout << answer_to(line, ports) << std::endl;
        read_commands(input, buffer, ports);
    });
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::cerr << "usage: avp_crossed_host vfio-user:SOCKET|files:FOLDER vfio-user:SOCKET|files:FOLDER\n";
        return 2;
    }
    asio::io_context io;
    Ports ports;
    for (unsigned number = 0; number < 2; ++number)
        ports.push_back(std::make_unique<PresentedDevicePort>(io, number, argv[number + 1]));
    PortPair pair(ports[0]->attachment(), ports[1]->attachment());
    const WorkerSettings worker_settings{"crossed"};
    const Worker worker(worker_settings, {&pair});
    asio::posix::stream_descriptor input(io, ::dup(0));
    asio::streambuf buffer;
    read_commands(input, buffer, ports);
    std::cout << "ready" << std::endl;
    io.run();
    return 0;
} catch (const std::exception& error) {
    std::cerr << "avp_crossed_host: " << error.what() << '\n';
    return 1;
}
