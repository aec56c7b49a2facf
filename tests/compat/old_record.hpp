// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// 228-byte records by offset (heartbeat specification 2.2), without the project's codec: the proof is about bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace vnf::test {

inline constexpr std::size_t old_record_size = 228;

inline std::uint32_t number_at(std::string_view record, std::size_t offset) {
    std::uint32_t number = 0;
    std::memcpy(&number, record.data() + offset, sizeof number);
    return number;
}

inline std::string text_at(std::string_view record, std::size_t offset) {
    return record.data() + offset;
}

inline std::uint16_t type_of(std::string_view record) {
    std::uint16_t type = 0;
    std::memcpy(&type, record.data() + 10, sizeof type);
    return type;
}

/// A record of a daemon: the header and up to three numbers of body.
inline std::string daemon_record(std::uint16_t type, std::uint32_t first, std::uint32_t second = 0,
                                 std::uint32_t third = 0) {
    std::string record("FDFDA5A5\x02\x01", 10);
    const auto append = [&record](const auto& value) {
        record.append(reinterpret_cast<const char*>(&value), sizeof value);
    };
    append(type);
    append(std::uint32_t{1});
    append(std::uint32_t{old_record_size});
    append(first);
    append(second);
    append(third);
    record.resize(old_record_size, '\0');
    return record;
}

inline std::string init_ack(bool accepted) {
    return daemon_record(1, accepted ? 1 : 0);
}
inline std::string challenge(std::uint32_t number) {
    return daemon_record(3, number);
}
inline std::string action_notify(std::uint32_t id, std::uint32_t event, std::uint32_t notification) {
    return daemon_record(5, id, event, notification);
}

}  // namespace vnf::test
