// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <catch2/catch.hpp>
#include <regex>
#include <thread>

#include "runtime/log.hpp"
#include "tests/runtime/surroundings.hpp"

using namespace vnf::runtime;
using namespace vnf::runtime::test;
using namespace std::chrono_literals;

namespace {

struct Pipe {
    FileDescriptor reader, writer;
    Pipe() {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        reader = FileDescriptor(ends[0]);
        writer = FileDescriptor(ends[1]);
    }
};

struct Level {
    explicit Level(LogLevel level) { set_log_level(level); }
    ~Level() { set_log_level(LogLevel::Info); }
};

/// What log() writes to a pipe in place of standard error.
template <typename Act>
std::string logged(const Act& act) {
    const Pipe pipe;
    const ScopedStandardError redirected(pipe.writer.get());
    act();
    return read_available(pipe.reader.get());
}

void fill(int fd) {
    const std::string block(4096, '.');
    while (::send(fd, block.data(), block.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
    }
    const FileDescriptor own(
        ::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY));
    while (own && ::write(own.get(), block.data(), block.size()) > 0) {
    }
}

/// A line for a full standard error is dropped at once, and reported when there is room again.
void check_dropped(int fd, int other_end) {
    const ScopedStandardError redirected(fd);
    log_info("the lines that earlier tests lost are reported with this one");
    read_available(other_end);
    fill(fd);
    log_info("lost one");
    log_info("lost two");
    CHECK(read_available(other_end).find("lost") == std::string::npos);
    log_info("back again");
    const std::string text = read_available(other_end);
    CHECK(text.find("log lines were dropped count=2") < text.find("back again"));
    log_info("as before");
    CHECK(read_available(other_end).find("dropped") == std::string::npos);
    CHECK((::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0);
}

}  // namespace

TEST_CASE("log: a line has time, level, program, message and fields") {
    set_log_name("guest-client");
    const std::string text = logged([] {
        log_info("application registered", {{"name", "db"}, {"pid", 42}, {"ok", true}, {"in", 20ms}});
    });
    set_log_name("");
    CHECK(std::regex_match(text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info guest-client: )"
                                            "application registered name=db pid=42 ok=true in=20\n")));
}

TEST_CASE("log: the level decides what is written") {
    const auto all = [] {
        log_error("one");
        log_warning("two");
        log_info("three");
        log_debug("four");
    };
    CHECK(logged(all).find("four") == std::string::npos);
    CHECK(logged(all).find("three") != std::string::npos);
    const Level only(LogLevel::Error);
    CHECK(logged(all).find("two") == std::string::npos);
    CHECK(logged(all).find("one") != std::string::npos);
}

TEST_CASE("log: a value is quoted when it must be, and can't forge a line or a field") {
    for (const auto& [value, text] : {std::pair<std::string, std::string>{"plain", "k=plain"},
                                      {"", "k=\"\""},
                                      {"two words", "k=\"two words\""},
                                      {"a=b", "k=\"a=b\""},
                                      {"say \"x\"", R"(k="say \"x\"")"},
                                      {"back\\slash", R"(k="back\\slash")"},
                                      {"line\n<3>forged", R"(k="line\n<3>forged")"},
                                      {"\t\r\x1b[31m", R"(k="\t\x0d\x1b[31m")"},
                                      {"\xc2\x9b", R"(k="\xc2\x9b")"},
                                      {"\xff\xc3", R"(k="\xff\xc3")"},
                                      {"\xc3\xa4", "k=\xc3\xa4"},
                                      {std::string(1, '\0'), R"(k="\x00")"}})
        CHECK(LogField("k", value).text() == text);
}

TEST_CASE("log: a value is cut at 256 bytes, between characters") {
    CHECK(LogField("k", std::string(256, 'x')).text() == "k=" + std::string(256, 'x'));
    CHECK(LogField("k", std::string(257, 'x')).text() == "k=" + std::string(256, 'x') + "...");
    CHECK(LogField("k", std::string(255, 'x') + "\xc3\xa4").text() == "k=" + std::string(255, 'x') + "...");
    CHECK(LogField("k", std::string(300, '\x80')).text().size() < 1100);
}

TEST_CASE("log: a line is at most what a pipe takes at once") {
    const std::string value(300, '\n');
    const std::string text = logged([&value] {
        log_info("long", {{"a", value},
                          {"b", value},
                          {"c", value},
                          {"d", value},
                          {"e", value},
                          {"f", value},
                          {"g", value},
                          {"h", value},
                          {"i", value}});
    });
    CHECK(text.size() <= 4096);
    CHECK(text.ends_with("...\n"));
}

TEST_CASE("log: a full pipe loses lines and says how many, and stays blocking for others") {
    const Pipe pipe;
    check_dropped(pipe.writer.get(), pipe.reader.get());
}

TEST_CASE("log: a full socket loses lines and says how many, and stays blocking for others") {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    const FileDescriptor reader(ends[0]), writer(ends[1]);
    check_dropped(writer.get(), reader.get());
}

TEST_CASE("log: a terminal that nobody reads does not hold the daemon up") {
    const FileDescriptor controller(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    std::array<char, 64> name{};
    if (!controller || ::grantpt(controller.get()) != 0 || ::unlockpt(controller.get()) != 0 ||
        ::ptsname_r(controller.get(), name.data(), name.size()) != 0) {
        WARN("SKIPPED: this machine gives no pseudo-terminal");
        return;
    }
    const FileDescriptor terminal(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(terminal);
    const ScopedStandardError redirected(terminal.get());
    for (int i = 0; i < 2000; ++i)  // far more than it can hold; without a bound the test would not end
        log_info("unread", {{"padding", std::string(200, '.')}});
    CHECK(read_available(controller.get()).find("unread") != std::string::npos);
}

TEST_CASE("log: a reader that has gone does not end the daemon") {
    Pipe pipe;
    pipe.reader.reset();
    const ScopedStandardError redirected(pipe.writer.get());
    log_info("nobody hears this");
    SUCCEED();
}

TEST_CASE("log: to the journal a line begins with its priority") {
    const Pipe pipe;
    struct stat file {};
    REQUIRE(::fstat(pipe.writer.get(), &file) == 0);
    const ScopedVariable journal("JOURNAL_STREAM",
                                 std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino));
    const ScopedStandardError redirected(pipe.writer.get());
    const Level everything(LogLevel::Debug);
    log_info("the lines that earlier tests lost are reported with this one");
    read_available(pipe.reader.get());
    log_error("a");
    log_warning("b");
    log_info("c");
    log_debug("d");
    CHECK(read_available(pipe.reader.get()) == "<3>a\n<4>b\n<6>c\n<7>d\n");
}

TEST_CASE("log: a journal that is not standard error changes nothing") {
    const ScopedVariable journal("JOURNAL_STREAM", "1:1");
    CHECK(logged([] { log_error("a"); }).ends_with("Z error a\n"));
}

TEST_CASE("log: two threads' lines do not mix") {
    const Pipe pipe;
    const ScopedStandardError redirected(pipe.writer.get());
    const auto work = [] {
        for (int i = 0; i < 100; ++i) {
            set_log_level(LogLevel::Info);
            log_info("from a thread", {{"i", i}});
        }
    };
    std::thread one(work), two(work);
    one.join();
    two.join();
    const std::string text = read_available(pipe.reader.get());
    CHECK(std::count(text.begin(), text.end(), '\n') == 200);
    const std::regex line(R"([0-9TZ:.-]+ info from a thread i=\d+\n)");
    CHECK(std::distance(std::sregex_iterator(text.begin(), text.end(), line), std::sregex_iterator()) == 200);
}

TEST_CASE("log limit: a burst is admitted, then one each period, and what was not is counted") {
    LogLimit limit(3, 1000ms);
    TimePoint now = TimePoint{} + 1h;
    for (int i = 0; i < 3; ++i)
        CHECK(limit.admit(now));
    for (int i = 0; i < 5; ++i)
        CHECK_FALSE(limit.admit(now + 500ms));
    now += 1000ms;
    CHECK(limit.admit(now));
    CHECK(limit.suppressed() == 5);
    CHECK_FALSE(limit.admit(now));
    now += 1h;
    for (int i = 0; i < 3; ++i)
        CHECK(limit.admit(now));
    CHECK(limit.suppressed() == 0);
    CHECK_FALSE(limit.admit(now));
    CHECK_FALSE(limit.admit(now - 30min));
}

TEST_CASE("a program with a log of its own gets each line, escaped, and standard error none") {
    static std::vector<std::pair<LogLevel, std::string>> lines;
    set_log_writer([](LogLevel level, const std::string& line) { lines.emplace_back(level, line); });
    const std::string text = logged([] {
        log_warning("port is gone", {{"name", "a b\n"}, {"errno", 32}});
        log_debug("below the level");
    });
    set_log_writer(nullptr);
    CHECK(text.empty());
    REQUIRE(lines.size() == 1);
    CHECK((lines[0] ==
           std::pair<LogLevel, std::string>{LogLevel::Warning, R"(port is gone name="a b\n" errno=32)"}));
}
