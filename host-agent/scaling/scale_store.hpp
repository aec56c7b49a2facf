// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The host's account of each guest on disk, so that the count outlives this agent: one small file a guest, replaced as a
// whole. It is not forced to the disk: what a power failure costs is the last operation, and shows as divergence.
//
//     vnf-guest-sdk scale 1
//     max 4
//     offline 2-3
//     pending giving 3        (or: asking, taking 3; only while an operation is under way)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "host-agent/scaling/scale_account.hpp"

namespace vnf::host {

struct KeptAccount {
    std::uint16_t max = 1;
    wire::CpuSet offline;
    std::optional<PendingScale> pending;
    friend bool operator==(const KeptAccount&, const KeptAccount&) = default;
};

std::string encode(const KeptAccount& account);
/// Strict; nothing for any other text.
std::optional<KeptAccount> parse_kept_account(std::string_view text);

/// The account with what was kept, as far as the limits of now have it: the count holds, with other vCPUs if need be.
ScaleAccount restored(const ScaleLimits& limits, const KeptAccount& kept);

class ScaleStore {
  public:
    /// An empty directory: nothing is kept. It is created with the first file.
    explicit ScaleStore(std::string directory) : directory_(std::move(directory)) {}

    /// Nothing if there is none; a text that says why, if it can't be read or is damaged.
    std::variant<std::monostate, KeptAccount, std::string> load(const std::string& id) const;
    /// An error, or empty.
    std::string save(const std::string& id, const KeptAccount& account) const;
    const std::string& directory() const { return directory_; }

  private:
    std::string path(const std::string& id) const { return directory_ + "/" + id + ".scale"; }
    std::string directory_;
};

}  // namespace vnf::host
