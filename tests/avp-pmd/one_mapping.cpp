// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See one_mapping.hpp. The linker brings these calls of the program's own objects here (--wrap), those of libraries not.
#include "tests/avp-pmd/one_mapping.hpp"

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <map>
#include <mutex>

namespace vnf::avp::test {
namespace {

std::atomic<bool> is_one{true};

#ifdef __SANITIZE_THREAD__

struct Mapping {
    ino_t file = 0;
    std::size_t bytes = 0;
    unsigned users = 0;
};

struct Mappings {
    std::mutex mutex;
    std::map<void*, Mapping> all;  ///< by address
};

Mappings& mappings() {
    static Mappings* const all = new Mappings;  // statics that unmap may end later
    return *all;
}

ino_t file_of(int descriptor) {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

#endif

}  // namespace

void set_one_mapping(bool is_on) {
    is_one = is_on;
}

}  // namespace vnf::avp::test

#ifdef __SANITIZE_THREAD__

using namespace vnf::avp::test;  // NOLINT(google-build-using-namespace)

namespace {

/// Every message's: an order too many between two sockets hides less than a region that is not seen.
char messages;

}  // namespace

extern "C" {

void* __real_mmap(void* address, std::size_t bytes, int protection, int flags, int descriptor, off_t offset);
int __real_munmap(void* address, std::size_t bytes);
ssize_t __real_sendmsg(int descriptor, const msghdr* message, int flags);
ssize_t __real_recvmsg(int descriptor, msghdr* message, int flags);
int __real_close(int descriptor);

void* __wrap_mmap(void* address, std::size_t bytes, int protection, int flags, int descriptor, off_t offset) {
    if (descriptor < 0 || (flags & MAP_SHARED) == 0 || offset != 0)
        return __real_mmap(address, bytes, protection, flags, descriptor, offset);
    const std::lock_guard held(mappings().mutex);
    const ino_t file = file_of(descriptor);
    for (auto& [where, mapping] : mappings().all) {
        if (is_one && mapping.file == file && mapping.bytes == bytes) {
            ++mapping.users;
            return where;
        }
    }
    void* where = __real_mmap(address, bytes, protection, flags, descriptor, offset);
    if (where != MAP_FAILED)
        mappings().all[where] = {file, bytes, 1};
    return where;
}

int __wrap_munmap(void* address, std::size_t bytes) {
    const std::lock_guard held(mappings().mutex);
    const auto found = mappings().all.find(address);
    if (found != mappings().all.end() && --found->second.users > 0)
        return 0;
    if (found != mappings().all.end())
        mappings().all.erase(found);
    return __real_munmap(address, bytes);
}

ssize_t __wrap_sendmsg(int descriptor, const msghdr* message, int flags) {
    __tsan_release(&messages);
    return __real_sendmsg(descriptor, message, flags);
}

/// The end of a connection comes here too.
ssize_t __wrap_recvmsg(int descriptor, msghdr* message, int flags) {
    const ssize_t got = __real_recvmsg(descriptor, message, flags);
    if (got >= 0)
        __tsan_acquire(&messages);
    return got;
}

int __wrap_close(int descriptor) {
    __tsan_release(&messages);
    return __real_close(descriptor);
}

}  // extern "C"

#endif
