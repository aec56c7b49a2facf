// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A private directory for one test, gone with it. Its path is short enough for a Unix socket below it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace vnf::harness {

class ScratchDirectory {
  public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::string operator/(std::string_view name) const { return (path_ / name).string(); }
    /// Writes a file below; returns its path.
    std::string write(std::string_view name, std::string_view content,
                      std::filesystem::perms mode = std::filesystem::perms::owner_read |
                                                    std::filesystem::perms::owner_write) const;
    /// A shell script that a daemon may run.
    std::string write_script(std::string_view name, std::string_view body) const;

  private:
    std::filesystem::path path_;
};

/// The whole file, or "" if there is none.
std::string read_file(const std::filesystem::path& path);

}  // namespace vnf::harness
