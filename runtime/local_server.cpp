// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Accepts, asks the kernel who came, and hands over or closes.
#include "runtime/local_server.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/clock.hpp"
#include "runtime/socket_file.hpp"

namespace vnf::runtime {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int accepts_a_turn = 32;  // then the loop's other work has its turn
constexpr Milliseconds pause_without_descriptors{
    100};  // EMFILE stays readable: without a pause it would spin

FileDescriptor adopt(int fd, const std::string& path) {
    int listening = 0;
    socklen_t size = sizeof(listening);
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0)
        throw std::system_error(std::make_error_code(std::errc::invalid_argument),
                                path + ": the inherited descriptor is not a listening socket");
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    return FileDescriptor(fd);
}

}  // namespace

class LocalServer::Impl : public std::enable_shared_from_this<Impl> {
  public:
    /// False: the connection could not be used.
    using Take = std::function<bool(asio::io_context& io, FileDescriptor, const PeerCredentials&)>;

    Impl(asio::io_context& io, LocalServerOptions options, int type, Take take)
        : io_(io), listener_(io), timer_(io), allow_(std::move(options.allow)), take_(std::move(take)) {
        FileDescriptor socket;
        if (options.inherited_fd) {
            socket = adopt(*options.inherited_fd, options.path);
        } else {
            file_ = SocketFile(options.path, {options.mode, options.group, options.backlog, type});
            socket = file_.take_socket();
        }
        listener_.assign(socket.release());
    }

    void start() {
        if (!running_ && listener_.is_open()) {
            running_ = true;
            wait();
        }
    }

    void stop() {
        running_ = false;
        file_.remove();  // while the socket holds on to its inode: the number cannot be another file's yet
        error_code ignored;
        listener_.close(ignored);
        timer_.cancel();
    }

    void set_allow(AllowList allow) { allow_ = std::move(allow); }
    const LocalServerCounters& counters() const { return counters_; }

  private:
    void wait() {
        listener_.async_wait(asio::posix::stream_descriptor::wait_read,
                             [self = shared_from_this()](const error_code& error) {
                                 if (!error)
                                     self->accept_some();
                             });
    }

    void accept_some() {
        for (int i = 0; running_ && i < accepts_a_turn; ++i) {
            FileDescriptor peer(
                ::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (peer) {
                admit(std::move(peer));
                continue;
            }
            const auto error = last_error();
            if (error == std::errc::resource_unavailable_try_again)
                break;
            if (error != std::errc::connection_aborted && error != std::errc::interrupted) {
                ++counters_.accept_errors;
                return pause();
            }
        }
        if (running_)
            wait();
    }

    void pause() {
        timer_.expires_after(pause_without_descriptors);
        timer_.async_wait([self = shared_from_this()](const error_code& error) {
            if (!error && self->running_)
                self->accept_some();
        });
    }

    void admit(FileDescriptor peer) {
        std::error_code unknown;
        const auto credentials = peer_credentials(peer.get(), unknown);
        if (!credentials || !allow_.allows(*credentials)) {
            ++counters_.refused_credentials;
            return;
        }
        ++counters_.accepted;
        if (!take_(io_, std::move(peer), *credentials)) {
            --counters_.accepted;
            ++counters_.accept_errors;
        }
    }

    asio::io_context& io_;
    asio::posix::stream_descriptor listener_;
    asio::steady_timer timer_;
    AllowList allow_;
    Take take_;
    SocketFile file_;
    LocalServerCounters counters_;
    bool running_ = false;
};

LocalServer::LocalServer(asio::io_context& io, LocalServerOptions options, OnAccept on_accept)
    : impl_(std::make_shared<Impl>(
          io, std::move(options), SOCK_STREAM,
          [on_accept = std::move(on_accept)](asio::io_context& loop, FileDescriptor peer,
                                             const PeerCredentials& who) {
              Socket socket(loop);
              error_code error;
              socket.assign(asio::local::stream_protocol(), peer.get(), error);
              if (error)
                  return false;
              peer.release();
              on_accept(std::move(socket), who);
              return true;
          })) {}
LocalServer::LocalServer(asio::io_context& io, LocalServerOptions options, OnPacketSocket on_accept)
    : impl_(std::make_shared<Impl>(io, std::move(options), SOCK_SEQPACKET,
                                   [on_accept = std::move(on_accept)](asio::io_context&, FileDescriptor peer,
                                                                      const PeerCredentials& who) {
                                       on_accept(std::move(peer), who);
                                       return true;
                                   })) {}
LocalServer::~LocalServer() {
    impl_->stop();
}
void LocalServer::start() {
    impl_->start();
}
void LocalServer::stop() {
    impl_->stop();
}
void LocalServer::set_allow(AllowList allow) {
    impl_->set_allow(std::move(allow));
}
const LocalServerCounters& LocalServer::counters() const {
    return impl_->counters();
}

}  // namespace vnf::runtime
