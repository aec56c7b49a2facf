// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/polled_registers.hpp"

#include <atomic>
#include <initializer_list>

namespace vnf::avp {
namespace {

// Shared with a process that is not ours: each access is one of the whole register.
using Cell = std::atomic_ref<std::uint32_t>;
static_assert(Cell::is_always_lock_free);

}  // namespace

PolledRegisters::PolledRegisters(Device& device, const Region& registers)
    : device_(device), cells_(reinterpret_cast<std::uint32_t*>(registers.bytes().data())) {
    clear();
}

std::uint32_t& PolledRegisters::cell(std::uint64_t offset) const {
    return cells_[offset / sizeof(std::uint32_t)];
}

void PolledRegisters::poll() {
    const std::uint32_t mask = Cell(cell(AVP_REGISTER_INTERRUPT_MASK)).load(std::memory_order_acquire);
    if (mask != mask_) {
        mask_ = mask;
        device_.write_register(AVP_REGISTER_INTERRUPT_MASK, mask);
    }
    Cell acknowledged(cell(AVP_REGISTER_MIGRATION_ACK));
    if (acknowledged.load(std::memory_order_relaxed) != 0) {
        // Taken away, so that the same one can come again. What the guest did before it is seen from here on.
        const std::uint32_t ack = acknowledged.exchange(0, std::memory_order_acquire);
        Cell(cell(AVP_REGISTER_INTERRUPT_STATUS)).store(0, std::memory_order_relaxed);
        device_.write_register(AVP_REGISTER_MIGRATION_ACK, ack);
    }
    for (const auto mirrored : {AVP_REGISTER_MIGRATION_STATUS, AVP_REGISTER_LINK})
        Cell(cell(mirrored)).store(device_.read_register(mirrored), std::memory_order_release);
    const std::uint32_t status = device_.read_register(AVP_REGISTER_INTERRUPT_STATUS);
    if (status != 0)
        Cell(cell(AVP_REGISTER_INTERRUPT_STATUS)).fetch_or(status, std::memory_order_release);
}

void PolledRegisters::clear() {
    mask_ = AVP_INTERRUPTS_OFF;
    for (std::uint64_t offset = 0; offset <= AVP_REGISTER_LINK; offset += sizeof(std::uint32_t))
        Cell(cell(offset)).store(0, std::memory_order_relaxed);
}

void PolledRegisters::say_gone() {
    for (std::uint64_t offset = 0; offset <= AVP_REGISTER_LINK; offset += sizeof(std::uint32_t))
        Cell(cell(offset)).store(AVP_REGISTER_GONE, std::memory_order_relaxed);
}

}  // namespace vnf::avp
