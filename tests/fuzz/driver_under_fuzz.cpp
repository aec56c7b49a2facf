// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See driver_under_fuzz.hpp.
#include "tests/fuzz/driver_under_fuzz.hpp"

#include <rte_eal.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_mempool.h>
#include <sanitizer/asan_interface.h>
#include <sched.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <string>
#include <vector>

#include "tests/fuzz/promise.hpp"

extern "C" {
#include "avp-pmd/avp_watch.h"
}

namespace vnf::fuzz {
namespace {

constexpr unsigned kMbufs = 255;
constexpr long kClockStep = 3'000'000;  // nanoseconds: a request's time is over after a few looks
constexpr std::uint32_t kTimeout = AVP_MIN_TIMEOUT_MS;
constexpr auto kAnyNode = static_cast<unsigned>(SOCKET_ID_ANY);

DriverWorld* world = nullptr;
bool is_guarding = false;

// --- Mempools ---------------------------------------------------------------------------------------------------

std::vector<void*>& free_mbufs(const rte_mempool* pool) {
    return *static_cast<std::vector<void*>*>(pool->pool_data);
}

int make_pool(rte_mempool* pool) {
    // As long as the process: mempools end with it.
    static std::deque<std::vector<void*>> all;
    pool->pool_data = &all.emplace_back();
    return 0;
}

void end_pool(rte_mempool*) {}

int give(rte_mempool* pool, void* const* objects, unsigned count) {
    if (world != nullptr)
        world->moment();
    for (unsigned i = 0; i < count; ++i) {
        free_mbufs(pool).push_back(objects[i]);
        if (is_guarding)
            ASAN_POISON_MEMORY_REGION(objects[i], pool->elt_size);
    }
    promise(free_mbufs(pool).size() <= pool->size, "no mbuf is freed twice");
    return 0;
}

int take(rte_mempool* pool, void** objects, unsigned count) {
    if (world != nullptr)
        world->moment();
    auto& all = free_mbufs(pool);
    if (count > all.size() || (world != nullptr && world->starves()))
        return -ENOBUFS;
    for (unsigned i = 0; i < count; ++i) {
        objects[i] = all.back();
        all.pop_back();
        ASAN_UNPOISON_MEMORY_REGION(objects[i], pool->elt_size);
    }
    return 0;
}

unsigned count_free(const rte_mempool* pool) {
    return static_cast<unsigned>(free_mbufs(pool).size());
}

void register_guarded_mempools() {
    rte_mempool_ops operations{};
    std::strcpy(operations.name, "guarded");
    operations.alloc = make_pool;
    operations.free = end_pool;
    operations.enqueue = give;
    operations.dequeue = take;
    operations.get_count = count_free;
    promise(rte_mempool_register_ops(&operations) >= 0, "the mempool's operations are taken");
}

void guard_object(rte_mempool* pool, void*, void* object, unsigned) {
    ASAN_POISON_MEMORY_REGION(static_cast<char*>(object) - pool->header_size, pool->header_size);
    ASAN_POISON_MEMORY_REGION(object, pool->elt_size);
}

// --- EAL --------------------------------------------------------------------------------------------------------

std::string first_processor(const cpu_set_t& allowed) {
    int cpu = 0;
    while (cpu < CPU_SETSIZE && !CPU_ISSET(cpu, &allowed))
        ++cpu;
    return std::to_string(cpu % CPU_SETSIZE);
}

bool start_eal_once() {
    cpu_set_t allowed;
    promise(sched_getaffinity(0, sizeof(allowed), &allowed) == 0, "there is a processor");
    std::vector<std::string> words{
        "fuzzer", "--no-huge",   "--no-shconf", "--no-pci", "--no-telemetry",        "-m",
        "64",     "--log-level", "*:emergency", "-l",       first_processor(allowed)};
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    promise(rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) >= 0, "EAL starts");
    sched_setaffinity(0, sizeof(allowed), &allowed);
    register_guarded_mempools();
    return true;
}

void start_eal() {
    static const bool is_started = start_eal_once();
    static_cast<void>(is_started);
}

// --- The bus ----------------------------------------------------------------------------------------------------

DriverWorld& world_of(avp_device* device) {
    return *static_cast<DriverWorld*>(device->bus_private);
}

int read_register(avp_device* device, std::uint32_t offset, std::uint32_t* value) {
    const auto read = world_of(device).read_register(offset);
    if (!read)
        return -ETIMEDOUT;
    *value = *read;
    return 0;
}

int write_register(avp_device* device, std::uint32_t offset, std::uint32_t value) {
    world_of(device).write_register(offset, value);
    return 0;
}

int reset(avp_device* device) {
    world_of(device).reset();
    return 0;
}

int wire_rx_events(avp_device*) {
    return 0;
}

void signal_rx_event(avp_device*, std::uint16_t) {}

/// ethdev frees what it finds there, and this is not its memory.
void close_bus(avp_device* device) {
    device->data->dev_private = nullptr;
}

constexpr avp_bus kBus{.read_register = read_register,
                       .write_register = write_register,
                       .reset = reset,
                       .look = nullptr,
                       .event_fds = nullptr,
                       .open_rx_events = nullptr,
                       .close_rx_events = nullptr,
                       .wire_rx_events = wire_rx_events,
                       .signal_rx_event = signal_rx_event,
                       .close = close_bus};

}  // namespace

rte_mempool* guarded_pool(unsigned room) {
    start_eal();
    const std::string name = "guarded" + std::to_string(room);
    if (rte_mempool* pool = rte_mempool_lookup(name.c_str()); pool != nullptr)
        return pool;
    is_guarding = false;
    rte_mempool* pool = rte_pktmbuf_pool_create_by_ops(
        name.c_str(), kMbufs, 0, 0, static_cast<std::uint16_t>(room + RTE_PKTMBUF_HEADROOM), SOCKET_ID_ANY,
        "guarded");
    promise(pool != nullptr, "there is a mempool");
    rte_mempool_obj_iter(pool, guard_object, nullptr);
    is_guarding = true;
    return pool;
}

bool is_full(const rte_mempool* pool) {
    return count_free(pool) == pool->size;
}

DriverPort::DriverPort(DriverWorld& of)
    : device_(static_cast<avp_device*>(std::calloc(1, sizeof(avp_device)))) {
    static rte_driver driver{};
    static rte_device parent{};
    start_eal();
    world = &of;
    driver.name = "net_avp_fuzzed";
    parent.name = driver.name;
    parent.driver = &driver;
    port_ = rte_eth_dev_allocate(driver.name);
    promise(device_ != nullptr && port_ != nullptr, "there is a port");
    port_->device = &parent;
    port_->data->dev_private = device_;
    port_->data->numa_node = SOCKET_ID_ANY;
    avp_sdk_device_init(device_, port_->data, &kBus, kTimeout);
    device_->bus_private = &of;
    device_->most_rx_events = AVP_MAX_QUEUES;
}

DriverPort::~DriverPort() {
    if (is_probed_) {
        rte_eth_dev_stop(id());
        rte_eth_dev_close(id());
    } else {
        port_->data->dev_private = nullptr;
        rte_eth_dev_release_port(port_);
    }
    world = nullptr;
    std::free(device_);
}

int DriverPort::probe(const avp_regions& regions) {
    device_->regions = regions;
    avp_sdk_device_lock(device_);
    int error = avp_sdk_device_attach(device_);
    avp_sdk_device_unlock(device_);
    if (error == 0)
        error = avp_sdk_ethdev_init(port_);
    if (error != 0)
        return error;
    rte_eth_dev_probing_finish(port_);
    is_probed_ = true;
    return 0;
}

int DriverPort::configure(const DriverSetup& setup) {
    rte_eth_conf conf{};
    conf.rxmode.mtu = setup.mtu;
    conf.rxmode.offloads = setup.rx_offloads;
    conf.txmode.offloads = setup.tx_offloads;
    conf.intr_conf.rxq = setup.rx_interrupts ? 1 : 0;
    int error = rte_eth_dev_configure(id(), setup.rx_queues, setup.tx_queues, &conf);
    for (std::uint16_t i = 0; error == 0 && i < setup.rx_queues; ++i)
        error = rte_eth_rx_queue_setup(id(), i, 64, kAnyNode, nullptr, setup.pool);
    for (std::uint16_t i = 0; error == 0 && i < setup.tx_queues; ++i)
        error = rte_eth_tx_queue_setup(id(), i, 64, kAnyNode, nullptr);
    return error;
}

int DriverPort::reattach(const avp_regions& regions) {
    avp_sdk_device_lock(device_);
    int error = avp_sdk_device_leave(device_, AVP_ABSENT);
    device_->regions = regions;
    if (error == 0)
        error = avp_sdk_device_attach(device_);
    avp_sdk_device_show_link(device_);
    avp_sdk_device_unlock(device_);
    return error;
}

void DriverPort::follow() {
    avp_sdk_device_lock(device_);
    avp_sdk_device_follow(device_);
    device_->events = 0;
    avp_sdk_device_show_link(device_);
    avp_sdk_device_unlock(device_);
}

}  // namespace vnf::fuzz

// --- What the driver's objects call in place of the C library, DPDK's heap and a thread: CMakeLists.txt ---------------

extern "C" {

int fuzz_clock_gettime(clockid_t, timespec* now) {
    static timespec clock{};
    if (vnf::fuzz::world != nullptr)
        vnf::fuzz::world->moment();
    clock.tv_nsec += vnf::fuzz::kClockStep;
    clock.tv_sec += clock.tv_nsec / 1'000'000'000;
    clock.tv_nsec %= 1'000'000'000;
    *now = clock;
    return 0;
}

int fuzz_nanosleep(const timespec*, timespec*) {
    return 0;
}

void* fuzz_rte_zmalloc_socket(const char*, std::size_t bytes, unsigned alignment, int) {
    const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
    void* memory = std::aligned_alloc(alignment, whole);
    return memory == nullptr ? nullptr : std::memset(memory, 0, whole);
}

void fuzz_rte_free(void* memory) {
    std::free(memory);
}

int avp_sdk_watch_start(avp_device*) {
    return 0;
}

void avp_sdk_watch_wake(avp_device*) {}

void avp_sdk_watch_stop(avp_device*) {}

}  // extern "C"
