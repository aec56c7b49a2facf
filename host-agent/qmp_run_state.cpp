// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See qmp_run_state.hpp; what is said is qmp_dialogue's.
#include "host-agent/qmp_run_state.hpp"

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "host-agent/qmp_dialogue.hpp"

namespace vnf::host {

namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

constexpr std::size_t most_bytes = 64 * 1024;

}  // namespace

class QmpRunState::Question : public std::enable_shared_from_this<Question> {
  public:
    Question(asio::io_context& io, OnState on_state)
        : socket_(io), timer_(io), on_state_(std::move(on_state)) {}

    void start(const std::string& path, runtime::Milliseconds deadline) {
        timer_.expires_after(deadline);
        timer_.async_wait([self = shared_from_this()](const error_code& error) {
            if (!error) {
                self->answer(RunState::Unknown, "no answer in time");
            }
        });
        if (path.size() >= sizeof(sockaddr_un{}.sun_path)) {
            asio::post(socket_.get_executor(), [self = shared_from_this()] {
                self->answer(RunState::Unknown, "the path of the QMP socket is too long");
            });
            return;
        }
        socket_.async_connect(stream_protocol::endpoint(path),
                              [self = shared_from_this()](const error_code& error) {
                                  error ? self->answer(RunState::Unknown, "no QMP socket") : self->read();
                              });
    }

    void cancel() {
        on_state_ = nullptr;
        close();
    }

  private:
    void close() {
        error_code ignored;
        socket_.close(ignored);
        timer_.cancel();
    }

    void answer(RunState state, std::string_view detail) {
        if (OnState on_state = std::exchange(on_state_, nullptr)) {
            close();
            on_state(state, detail);
        }
    }

    void read() {
        socket_.async_read_some(asio::buffer(buffer_),
                                [self = shared_from_this()](const error_code& error, std::size_t size) {
                                    self->received(error, size);
                                });
    }

    void received(const error_code& error, std::size_t size) {
        total_ += size;
        if (error || total_ > most_bytes) {
            answer(RunState::Unknown, error ? "the QMP socket was closed" : "too much from the QMP socket");
            return;
        }
        input_.append(buffer_.data(), size);
        std::size_t end = 0;
        while (on_state_ && (end = input_.find('\n')) != std::string::npos) {
            std::string line = input_.substr(0, end);
            input_.erase(0, end + 1);
            take(line);
        }
        if (on_state_) {
            read();
        }
    }

    void take(const std::string& line) {
        QmpDialogue::Step step = dialogue_.take(line);
        if (step.answer) {
            answer(step.answer->state, step.answer->detail);
        } else if (!step.send.empty() && !output_.empty()) {
            answer(RunState::Unknown, "QMP answered before it was asked");
        } else if (!step.send.empty()) {
            send(std::move(step.send));
        }
    }

    void send(std::string text) {
        output_ = std::move(text);
        asio::async_write(socket_, asio::buffer(output_),
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                              self->output_.clear();
                              if (error) {
                                  self->answer(RunState::Unknown, "the QMP socket was closed");
                              }
                          });
    }

    stream_protocol::socket socket_;
    asio::steady_timer timer_;
    OnState on_state_;
    QmpDialogue dialogue_;
    std::array<char, 4096> buffer_{};
    std::string input_, output_;
    std::size_t total_ = 0;
};

QmpRunState::QmpRunState(asio::io_context& io, std::string socket, runtime::Milliseconds deadline)
    : io_(io), socket_(std::move(socket)), deadline_(deadline) {}

QmpRunState::~QmpRunState() {
    if (question_) {
        question_->cancel();
    }
}

void QmpRunState::ask(OnState on_state) {
    if (question_) {
        question_->cancel();
    }
    question_ = std::make_shared<Question>(io_, std::move(on_state));
    question_->start(socket_, deadline_);
}

}  // namespace vnf::host
