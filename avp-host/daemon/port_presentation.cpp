// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See port_presentation.hpp.
#include "avp-host/daemon/port_presentation.hpp"

#include <boost/json.hpp>
#include <optional>

#include "avp-host/presentation/files_presentation.hpp"
#include "avp-host/presentation/vfio_user_server.hpp"
#include "runtime/log.hpp"

namespace vnf::avp {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

class SocketPresentation final : public PortPresentation {
  public:
    SocketPresentation(asio::io_context& io, const std::string& name, const SocketPlace& place) : io_(io) {
        options_.name = name;
        options_.socket = runtime::server_options(place.socket, std::nullopt);
        options_.has_msix = place.has_msix;
    }

    bool succeed(const PortHandover& handover, const DeviceSettings& settings) override {
        runtime::FileDescriptor memory(handover.memory);
        runtime::FileDescriptor memory_map(handover.memory_map);
        runtime::FileDescriptor device_info(handover.device_info);
        try {
            adopted_ = {Region::adopted(std::move(memory), Device::memory_bytes(settings)),
                        Region::adopted(std::move(memory_map), AVP_MEMORY_MAP_BAR_BYTES),
                        Region::adopted(std::move(device_info), AVP_DEVICE_INFO_BAR_BYTES)};
        } catch (const std::system_error& error) {
            runtime::log_error("guest of the predecessor is lost",
                               {{"port", options_.name}, {"error", error.what()}});
            close(handover.client);
            return false;
        }
        client_ = handover.client;
        return true;
    }
    DeviceRegions make_regions(const DeviceSettings& settings) override {
        if (!adopted_)
            return Device::sealed_regions(settings);
        DeviceRegions regions = std::move(*adopted_);
        adopted_.reset();
        return regions;
    }
    InterruptLine& interrupts() override { return interrupts_; }
    void bind(Device& device, PortGate& gate) override {
        server_.emplace(io_, options_, PresentedDevice{device, gate, interrupts_});
    }
    void start() override {
        server_->start();
        if (client_ && !server_->adopt(*client_))
            runtime::log_error("guest of the predecessor is lost", {{"port", options_.name}});
        client_.reset();
    }
    void stop() override { server_->stop(); }
    bool has_guest() const override { return server_->client().has_value(); }
    bool can_be_handed_over() const override { return true; }
    std::optional<PortHandover> handover(const DeviceRegions& regions) const override {
        auto client = server_->hand_over();
        if (!client)
            return std::nullopt;
        PortHandover port;
        port.name = options_.name;
        port.memory = regions.memory.descriptor();
        port.memory_map = regions.memory_map.descriptor();
        port.device_info = regions.device_info.descriptor();
        port.client = std::move(*client);
        return port;
    }

    json::object document() const override {
        const VfioUserCounters& counts = server_->counters();
        const auto client = server_->client();
        return {{"kind", "vfio-user"},
                {"socket", options_.socket.path},
                {"client",
                 client ? json::value{{"pid", client->pid}, {"uid", client->uid}} : json::value(nullptr)},
                {"clients", counts.clients},
                {"refused_clients", counts.refused_clients},
                {"broken_clients", counts.broken_clients},
                {"messages", counts.messages},
                {"refused_messages", counts.refused_messages}};
    }

  private:
    static void close(const HandedClient& client) {
        const runtime::FileDescriptor socket(client.socket);
        for (const int eventfd : client.eventfds)
            const runtime::FileDescriptor closed(eventfd);
    }

    asio::io_context& io_;
    VfioUserServerOptions options_;
    std::optional<DeviceRegions> adopted_;
    std::optional<HandedClient> client_;  ///< until start()
    InterruptEvents interrupts_;
    std::optional<VfioUserServer> server_;
};

class FolderPresentation final : public PortPresentation {
  public:
    FolderPresentation(asio::io_context& io, const DevicePortSettings& settings, const DevicePlace& place)
        : directory_(place.directory.string()),
          files_(io, settings.name, place, Device::memory_bytes(settings.device)) {}

    DeviceRegions make_regions(const DeviceSettings&) override { return files_.open_regions(); }
    InterruptLine& interrupts() override { return files_.interrupts(); }
    void bind(Device& device, PortGate& gate) override {
        device_ = &device;
        gate_ = &gate;
    }
    void start() override { files_.start(*device_, *gate_); }
    void stop() override { files_.stop(); }
    bool has_guest() const override { return files_.has_driver(); }
    bool can_be_handed_over() const override { return false; }
    bool succeed(const PortHandover&, const DeviceSettings&) override { return false; }
    std::optional<PortHandover> handover(const DeviceRegions&) const override { return std::nullopt; }

    json::object document() const override {
        return {{"kind", "files"},
                {"directory", directory_},
                {"pci_address", files_.pci_address()},
                {"client", files_.has_driver()},
                {"clients", files_.counters().drivers},
                {"interrupts", files_.counters().interrupts}};
    }

  private:
    std::string directory_;
    FilesPresentation files_;
    Device* device_ = nullptr;
    PortGate* gate_ = nullptr;
};

}  // namespace

std::unique_ptr<PortPresentation> make_presentation(asio::io_context& io,
                                                    const DevicePortSettings& settings) {
    if (const auto* place = std::get_if<DevicePlace>(&settings.presentation))
        return std::make_unique<FolderPresentation>(io, settings, *place);
    return std::make_unique<SocketPresentation>(io, settings.name,
                                                std::get<SocketPlace>(settings.presentation));
}

}  // namespace vnf::avp
