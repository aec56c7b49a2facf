// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the tests of runtime change around themselves, and put back: environment, standard error, a folder.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "runtime/file_descriptor.hpp"

namespace vnf::runtime::test {

/// A fresh folder with mode 0700, removed with all in it.
class ScratchFolder {
  public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

/// Sets, or with nothing unsets, an environment variable.
class ScopedVariable {
  public:
    ScopedVariable(std::string name, const std::optional<std::string>& value);
    ~ScopedVariable();
    ScopedVariable(const ScopedVariable&) = delete;
    ScopedVariable& operator=(const ScopedVariable&) = delete;

  private:
    std::string name_;
    std::optional<std::string> before_;
};

/// Puts another file in place of standard error.
class ScopedStandardError {
  public:
    explicit ScopedStandardError(int fd);
    ~ScopedStandardError();
    ScopedStandardError(const ScopedStandardError&) = delete;
    ScopedStandardError& operator=(const ScopedStandardError&) = delete;

  private:
    FileDescriptor before_;
};

/// What there is to read now, without waiting for more.
std::string read_available(int fd);

/// The exit code of a child process that runs this; -1 when it did not exit by itself.
int exit_code_of(const std::function<int()>& child);

}  // namespace vnf::runtime::test
