// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/device_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

namespace vnf::avp {
namespace {

// A guest that could shrink a region would end the host by SIGBUS.
constexpr int kSeals = F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;

[[noreturn]] void fail(const std::string& what, int error = errno) {
    throw std::system_error(error, std::generic_category(), what);
}

bool keeps_its_size(int descriptor) {
    const int seals = ::fcntl(descriptor, F_GET_SEALS);
    return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
}

std::span<std::byte> mapping_of(int descriptor, std::size_t bytes) {
    void* where = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (where == MAP_FAILED)
        fail("mapping a device region");
    // Where huge pages of shared memory are to be had for the asking; else nothing happens.
    ::madvise(where, bytes, MADV_HUGEPAGE);
    return {static_cast<std::byte*>(where), bytes};
}

}  // namespace

Region Region::sealed_memory(const char* name, std::size_t bytes) {
    runtime::FileDescriptor memory(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!memory)
        fail("creating a device region");
    if (::ftruncate(memory.get(), static_cast<off_t>(bytes)) != 0)
        fail("sizing a device region");
    if (::fcntl(memory.get(), F_ADD_SEALS, kSeals) != 0)
        fail("sealing a device region");
    return Region(std::move(memory), bytes);
}

Region Region::in_file(const std::filesystem::path& path, std::size_t bytes) {
    constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    runtime::FileDescriptor file(::open(path.c_str(), kFlags, 0600));
    if (!file)
        fail(path.string());
    // Allocated now: a full file system is an error here, and no SIGBUS later.
    if (const int error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes)); error != 0)
        fail(path.string(), error);
    return Region(std::move(file), bytes);
}

Region Region::adopted(runtime::FileDescriptor descriptor, std::size_t bytes) {
    struct stat status {};
    if (::fstat(descriptor.get(), &status) != 0)
        fail("adopting a device region");
    if (!keeps_its_size(descriptor.get()))
        fail("adopting a device region that is not sealed against shrinking", EPERM);
    if (status.st_size < 0 || static_cast<std::size_t>(status.st_size) < bytes)
        fail("adopting a device region that is too small", EINVAL);
    return Region(std::move(descriptor), bytes);
}

Region::Region(runtime::FileDescriptor descriptor, std::size_t bytes)
    : descriptor_(std::move(descriptor)), bytes_(mapping_of(descriptor_.get(), bytes)) {}

Region::Region(Region&& other) noexcept
    : descriptor_(std::move(other.descriptor_)), bytes_(std::exchange(other.bytes_, {})) {}

Region& Region::operator=(Region&& other) noexcept {
    if (this != &other) {
        if (!bytes_.empty())
            ::munmap(bytes_.data(), bytes_.size());
        descriptor_ = std::move(other.descriptor_);
        bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
}

Region::~Region() {
    if (!bytes_.empty())
        ::munmap(bytes_.data(), bytes_.size());
}

int Region::descriptor() const {
    return descriptor_.get();
}

bool Region::is_sealed() const {
    return keeps_its_size(descriptor_.get());
}

void Region::wipe() {
    if (!bytes_.empty() && (!is_sealed() || ::madvise(bytes_.data(), bytes_.size(), MADV_REMOVE) != 0))
        std::memset(bytes_.data(), 0, bytes_.size());
}

}  // namespace vnf::avp
