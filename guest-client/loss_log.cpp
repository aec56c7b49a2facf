// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See loss_log.hpp.
#include "guest-client/loss_log.hpp"

namespace vnf::guest {
namespace {

/// Of all services. That there is no old client is no loss: the host's messages for the group are always for it, too.
ServiceCounters lost(const ServiceSocket& services) {
    ServiceCounters all = services.others();
    for (const auto& [name, counters] : services.services()) {
        all.too_long += counters.too_long;
        all.overflow += counters.overflow;
        all.failed += counters.failed;
        all.absent += name == wire::server_group_address ? 0 : counters.absent;
    }
    return all;
}

}  // namespace

void LossLog::look(const GroupCounters& group, const ServiceSocket& services, std::uint64_t foreign_source,
                   runtime::TimePoint now) {
    const ServiceCounters service = lost(services);
    const std::array<Counted, kinds> counted{{
        {"message for the group from another address of the host dropped", foreign_source},
        {"message too long for a local service dropped", service.too_long},
        {"message for a local service dropped, its queue is full", service.overflow},
        {"message for a local service dropped, it is not there", service.absent},
        {"message for a local service could not be sent", service.failed},
        {"message for a group client dropped, its queue is full", group.missed},
        {"message of a group client not sent", group.unsent},
        {"message of the old group client dropped", group.old_client_dropped},
        {"message of a group client that left dropped", group.departed_dropped},
        {"message of a group client refused", group.refused_messages},
        {"record of a group client out of place", group.unexpected_records},
        {"group client did not introduce itself", group.silent_clients},
        {"status answer came late", group.late_answers},
        {"status answer nobody asked for", group.unknown_sequences},
    }};
    for (std::size_t i = 0; i < kinds; ++i) {
        const auto& [message, total] = counted.at(i);
        Kind& kind = kinds_.at(i);
        if (total != kind.told && kind.limit.admit(now)) {
            runtime::log_warning(message, {{"count", total - kind.told}, {"total", total}});
            kind.told = total;
        }
    }
}

}  // namespace vnf::guest
