// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What an application said, as the test's end of its connection keeps it. `AnyRecord` is the variant of its records.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <variant>

namespace vnf::test {

template <typename AnyRecord>
class RecordInbox {
  public:
    /// The next record of this type; others before it stay. Nothing if there is none yet.
    template <typename Record>
    std::optional<Record> take() {
        for (auto one = records_.begin(); one != records_.end(); ++one) {
            if (const auto* found = std::get_if<Record>(&*one)) {
                Record record = *found;
                records_.erase(one);
                return record;
            }
        }
        return std::nullopt;
    }
    std::size_t waiting_records() const { return records_.size(); }

  protected:
    void keep(AnyRecord record) { records_.push_back(std::move(record)); }

  private:
    std::deque<AnyRecord> records_;
};

}  // namespace vnf::test
