// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/scratch_directory.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

namespace vnf::harness {

namespace fs = std::filesystem;

ScratchDirectory::ScratchDirectory() {
    std::string pattern = "/tmp/vnf-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), pattern);
    path_ = pattern;
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string ScratchDirectory::write(std::string_view name, std::string_view content, fs::perms mode) const {
    const fs::path file = path_ / name;
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
    fs::permissions(file, mode);
    return file.string();
}

std::string ScratchDirectory::write_script(std::string_view name, std::string_view body) const {
    return write(name, "#!/bin/sh\n" + std::string(body) + "\n", fs::perms::owner_all);
}

std::string read_file(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace vnf::harness
