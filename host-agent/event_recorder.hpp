// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Every event once into the journal and once into the log.
#pragma once

#include <string_view>

#include "host-agent/journal.hpp"

namespace vnf::host {

class EventRecorder {
  public:
    explicit EventRecorder(std::size_t capacity) : journal_(capacity) {}
    std::uint64_t record(JournalKind kind, std::string_view instance, const JournalFields& fields);
    Journal& journal() { return journal_; }

  private:
    Journal journal_;
};

/// True for what a guest can cause at will by its messages: such events are limited for each guest.
bool is_guest_driven(JournalKind kind);

}  // namespace vnf::host
