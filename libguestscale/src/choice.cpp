// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "choice.hpp"

namespace vnf::guestscale {

std::string_view word(ChoiceSource source) {
    switch (source) {
        case ChoiceSource::Helper:
            return "helper";
        case ChoiceSource::Application:
            return "application";
        case ChoiceSource::Default:
            return "default";
    }
    return "default";
}

std::optional<Choice> choose_down(const CpuView& view, std::optional<wire::Cpu> helper,
                                  std::optional<wire::Cpu> application) {
    // Whoever made the view: vCPU 0 stays.
    wire::CpuSet removable = view.removable;
    removable.erase(0);
    if (helper && removable.contains(*helper)) {
        return Choice{*helper, ChoiceSource::Helper};
    }
    const wire::CpuSet candidates = removable & view.online;
    if (application && candidates.contains(*application)) {
        return Choice{*application, ChoiceSource::Application};
    }
    const auto highest = candidates.last();
    return highest ? std::optional(Choice{*highest, ChoiceSource::Default}) : std::nullopt;
}

}  // namespace vnf::guestscale
