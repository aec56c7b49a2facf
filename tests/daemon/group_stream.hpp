// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Numbered broadcasts of one application, and what became of them at each listener: only what was taken has a number, so
// that a number that is not heard is a message that was lost on its way.
#pragma once

#include <string>
#include <vector>

#include "tests/daemon/group_application.hpp"

namespace vnf::test {

class GroupStream {
  public:
    /// `source` is the member that the listeners see; `word` tells this stream from its others.
    GroupStream(GroupApplication& speaker, std::string source, std::string word);

    /// The text of the next one, in full: no other text has it in it.
    std::string next_text() const { return text_of(said_ + 1); }
    vnf_sg_error say_next();
    /// The same unless so many are under way to `listener`. What is refused is said again later.
    void keep_going(const GroupApplication& listener, std::size_t under_way = 8);

    /// What was said so far is not looked at any more.
    void begin_round() { first_ = said_ + 1; }
    bool last_heard_by(const GroupApplication& listener) const;
    /// Of this round, not heard by the listener. Checks that it heard the others in order and each once, the last one
    /// too, and that what is missing is no more pieces than there were deaths on the way.
    std::size_t lost_to(const GroupApplication& listener, std::size_t deaths = 1) const;

  private:
    std::string text_of(std::size_t number) const;
    std::vector<std::size_t> heard_by(const GroupApplication& listener) const;

    GroupApplication& speaker_;
    const std::string source_, word_;
    std::size_t said_ = 0, first_ = 1;
};

}  // namespace vnf::test
