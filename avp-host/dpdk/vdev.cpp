// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The plug-in's door: EAL finds the driver `net_avp_host` here, and lends its log to ours. The primary process alone can
// have such ports.
#include <bus_vdev_driver.h>
#include <ethdev_vdev.h>

#include <array>

#include "avp-host/dpdk/ethdev.hpp"
#include "runtime/log.hpp"

namespace {

using namespace vnf::avp::dpdk;

void write_log(vnf::runtime::LogLevel level, const std::string& line) {
    constexpr std::array<std::uint32_t, 4> levels{RTE_LOG_ERR, RTE_LOG_WARNING, RTE_LOG_NOTICE,
                                                  RTE_LOG_DEBUG};
    rte_log(levels[static_cast<std::size_t>(level)], RTE_LOGTYPE_PMD, "net_avp_host: %s\n", line.c_str());
}

int refuse(const char* name, int error, const char* why) {
    rte_log(RTE_LOG_ERR, RTE_LOGTYPE_PMD, "%s: %s\n", name, why);
    return error;
}

/// Of an ethdev that has been allocated for it.
int open(rte_eth_dev& dev, const HostPortSettings& settings) {
    try {
        open_port(dev, settings);
    } catch (const std::exception& error) {
        return refuse(dev.data->name, -EIO, error.what());
    }
    rte_eth_dev_probing_finish(&dev);
    return 0;
}

int probe_checked(rte_vdev_device& vdev, const char* name) {
    const char* const text = rte_vdev_device_args(&vdev);
    const auto parsed = parse_devargs(text == nullptr ? "" : text);
    if (const auto* fault = std::get_if<std::string>(&parsed))
        return refuse(name, -EINVAL, ("devargs: " + *fault).c_str());
    rte_eth_dev* const dev = rte_eth_vdev_allocate(&vdev, sizeof(Private));
    if (dev == nullptr)
        return refuse(name, -ENOMEM, "no ethdev is left");
    const int error = open(*dev, std::get<HostPortSettings>(parsed));
    if (error != 0)
        rte_eth_dev_release_port(dev);
    return error;
}

int probe(rte_vdev_device* vdev) {
    const char* const name = rte_vdev_device_name(vdev);
    if (rte_eal_process_type() != RTE_PROC_PRIMARY)
        return refuse(name, -ENOTSUP, "belongs to the primary process alone");
    vnf::runtime::set_log_writer(write_log);
    try {
        return probe_checked(*vdev, name);
    } catch (const std::exception& error) {
        return refuse(name, -EIO, error.what());
    }
}

int remove(rte_vdev_device* vdev) {
    rte_eth_dev* const dev = rte_eth_dev_allocated(rte_vdev_device_name(vdev));
    if (dev == nullptr)
        return 0;
    if (dev->data->dev_started != 0)
        rte_eth_dev_stop(dev->data->port_id);
    return rte_eth_dev_close(dev->data->port_id);
}

// Constant, since it is registered before this file's other objects are made.
constinit rte_vdev_driver driver = [] {
    rte_vdev_driver made{};
    made.probe = probe;
    made.remove = remove;
    return made;
}();

}  // namespace

RTE_PMD_REGISTER_VDEV(net_avp_host, driver);
RTE_PMD_REGISTER_PARAM_STRING(
    net_avp_host,
    "socket=<path> group=<name|id> mac=<xx:xx:xx:xx:xx:xx> queues=<1..8> ring-slots=<64..32768> "
    "buffers=<64..1048576> buffer-bytes=<256..16384> max-frame=<64..9238> name=<text>");
