// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Builder and worker over a pipe: what comes back, what breaks, and what is said then.
#include "remote/session.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "remote/pipe_channel.h"
#include "remote/remote_test.h"
#include "remote/remote_timer.h"
#include "remote/worker.h"
#include "tune/local_timer.h"

namespace tenon::remote {
namespace {

using testing_tools::trial_of;
using tune::fake::record;

/// Workers in threads of this process, each for one connection.
class Workers {
 public:
  Workers() {
    std::signal(SIGPIPE, SIG_IGN);
    registry_.add_loader("fake", tune::fake::load);
    worker.version = "1.0";
    worker.target = device::local_target();
    worker.loaders = &registry_;
    worker.open_library = [](const std::string& name) {
      return name == "libgood.so" ? "" : name + " is not there";
    };
    worker.provide = [](const PluginWish& wish) { return wish.library + " is not there"; };
  }

  Result<std::unique_ptr<Channel>> connect(Diagnostics&) {
    int ends[2] = {};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return Status{Code::Io, "no sockets"};
    const int number = connections++;
    threads_.emplace_back([this, number, end = ends[1]] {
      PipeChannel channel(end, end);
      if (behave) return behave(number, channel);
      tune::LocalTimer timer(registry_, worker.target);
      Worker mine = worker;
      mine.timer = &timer;
      (void)serve(channel, mine);
    });
    return std::unique_ptr<Channel>(std::make_unique<PipeChannel>(ends[0], ends[0]));
  }
  Session::Connect door() {
    return [this](Diagnostics& diag) { return connect(diag); };
  }

  Worker worker;
  std::function<void(int connection, Channel& channel)> behave;  ///< in the place of a worker
  std::atomic<int> connections = 0;

 private:
  kernel::Registry registry_;
  std::vector<std::jthread> threads_;
};

struct SessionTest : testing::Test {
  std::unique_ptr<Session> make(std::vector<std::string> plugins = {}) {
    return std::make_unique<Session>(
        Session::Options{"board", "1.0", "worker", 1, std::move(plugins)}, workers.door());
  }
  Result<std::vector<tune::Timing>> time(Session& session) {
    const tune::Trial trial = trial_of(kernel, std::as_bytes(std::span(constant)));
    const tune::Trial* const all[] = {&trial};
    return session.time(all, {}, diag);
  }

  const int32_t constant[2] = {41, 42};
  kernel::Record kernel = record("k", {.busy_us = 20, .expected = 41});
  Workers workers;
  CollectingSink said;
  Diagnostics diag{said};
};

TEST_F(SessionTest, TimesElsewhere) {
  const auto session = make({"libgood.so"});
  ASSERT_TRUE(session->open(diag).ok()) << said.errors();
  EXPECT_EQ(session->target(), device::local_target());
  const auto timings = time(*session);
  ASSERT_TRUE(timings.ok()) << said.errors();
  EXPECT_TRUE((*timings)[0].status.ok()) << (*timings)[0].reason;
  EXPECT_GE((*timings)[0].ms, 0.02);
}

TEST_F(SessionTest, NamesALibraryThatIsMissing) {
  EXPECT_FALSE(make({"libbad.so"})->open(diag).ok());
  EXPECT_NE(said.errors().find("board: libbad.so is not there"), std::string::npos);
  const auto session = make();
  ASSERT_TRUE(session->open(diag).ok());
  kernel.id.family = "plugin.v3";
  kernel.plugin_library = "libmine.so";
  EXPECT_FALSE(time(*session).ok());
  EXPECT_NE(said.errors().find("libmine.so is not there"), std::string::npos) << said.errors();
  EXPECT_EQ(workers.connections, 2);  // no use in trying again
}

TEST_F(SessionTest, RefusesAnotherVersion) {
  workers.worker.version = "0.9";
  EXPECT_FALSE(make()->open(diag).ok());
  EXPECT_NE(said.errors().find("of Tenon 0.9, this library of 1.0"), std::string::npos);
}

TEST_F(SessionTest, NoticesSilence) {
  workers.behave = [](int, Channel& channel) {
    while (receive(channel, 3000).fault == FrameFault::None) continue;
  };
  EXPECT_FALSE(make()->open(diag).ok());
  EXPECT_NE(said.errors().find("nothing was heard"), std::string::npos) << said.errors();
}

TEST_F(SessionTest, ConnectsOnceMore) {
  Workers good;
  const auto session = make();
  const auto serve_once = [&](int number, Channel& channel) {
    kernel::Registry registry;
    registry.add_loader("fake", tune::fake::load);
    tune::LocalTimer timer(registry, device::local_target());
    Worker worker = workers.worker;
    worker.timer = &timer;
    if (number > 0) return (void)serve(channel, worker);
    (void)receive(channel, 1000);
    (void)send(channel, MessageKind::Welcome, pack(Welcome{"1.0", worker.target}));
    (void)receive(channel, 1000);  // the request, and then it dies
  };
  workers.behave = serve_once;
  ASSERT_TRUE(session->open(diag).ok()) << said.errors();
  const auto timings = time(*session);
  ASSERT_TRUE(timings.ok()) << said.errors();
  EXPECT_EQ(workers.connections, 2);
  EXPECT_TRUE(said.errors().empty()) << said.errors();
}

TEST_F(SessionTest, EndsAfterASecondLoss) {
  workers.behave = [&](int, Channel& channel) {
    (void)receive(channel, 1000);
    (void)send(channel, MessageKind::Welcome, pack(Welcome{"1.0", device::local_target()}));
    (void)receive(channel, 1000);
  };
  Sessions sessions;
  sessions.push_back(make());
  const auto timer = RemoteTimer::open(std::move(sessions), diag);
  ASSERT_TRUE(timer.ok());
  const tune::Trial trials[] = {trial_of(kernel, std::as_bytes(std::span(constant)))};
  EXPECT_FALSE((*timer)->time(trials, {})[0].status.ok());
  EXPECT_FALSE((*timer)->lost().ok());
  EXPECT_NE(said.errors().find("the build ends"), std::string::npos) << said.errors();
  EXPECT_EQ(workers.connections, 2);
}

TEST_F(SessionTest, SharesTheWork) {
  Sessions sessions;
  for (int i = 0; i < 3; ++i) sessions.push_back(make());
  const auto timer = RemoteTimer::open(std::move(sessions), diag);
  ASSERT_TRUE(timer.ok()) << said.errors();
  std::vector<kernel::Record> records;
  for (int i = 0; i < 7; ++i) records.push_back(record("k", {.busy_us = 50.0 * (i + 1)}));
  std::vector<tune::Trial> trials;
  for (const auto& one : records) trials.push_back(trial_of(one, {}));
  const auto timings = (*timer)->time(trials, {});
  ASSERT_EQ(timings.size(), 7U);
  for (size_t i = 0; i < timings.size(); ++i) {
    ASSERT_TRUE(timings[i].status.ok()) << timings[i].reason;
    EXPECT_GE(timings[i].ms, 0.05 * static_cast<double>(i + 1));
  }
}

/// Takes its time for each trial, and no processor.
class Sleeper final : public tune::Timer {
 public:
  std::vector<tune::Timing> time(std::span<const tune::Trial> trials,
                                 const tune::Effort&) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(30) * trials.size());
    return std::vector<tune::Timing>(trials.size());
  }
};

TEST_F(SessionTest, TwoMachinesTakeHalfTheTime) {
  workers.behave = [&](int, Channel& channel) {
    Sleeper sleeper;
    Worker worker = workers.worker;
    worker.timer = &sleeper;
    (void)serve(channel, worker);
  };
  double seconds[2] = {};
  for (size_t machines = 1; machines <= 2; ++machines) {
    Sessions sessions;
    for (size_t i = 0; i < machines; ++i) sessions.push_back(make());
    const auto timer = RemoteTimer::open(std::move(sessions), diag);
    ASSERT_TRUE(timer.ok()) << said.errors();
    const std::vector<tune::Trial> trials(8, trial_of(kernel, {}));
    const auto start = std::chrono::steady_clock::now();
    (void)(*timer)->time(trials, {});
    seconds[machines - 1] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  RecordProperty("speed_up", std::to_string(seconds[0] / seconds[1]));
  EXPECT_GT(seconds[0] / seconds[1], 1.4);
}

TEST_F(SessionTest, RefusesMachinesOfTwoKinds) {
  Sessions sessions;
  sessions.push_back(make());
  Workers others;
  others.worker.target.name = "another processor";
  sessions.push_back(
      std::make_unique<Session>(Session::Options{"other", "1.0", "worker", 1, {}}, others.door()));
  EXPECT_FALSE(RemoteTimer::open(std::move(sessions), diag).ok());
  EXPECT_NE(said.errors().find("another processor"), std::string::npos);
}

TEST(WorkerTest, SurvivesWhateverArrives) {
  Workers workers;
  const Bytes request = pack_frame(MessageKind::Time, Bytes(10, std::byte{0xff}));
  for (const MessageKind first :
       {MessageKind::Time, MessageKind::Hello, MessageKind::Libraries, MessageKind::Timings}) {
    testing_tools::BytesChannel channel(pack_frame(first, Bytes(9, std::byte{0xfe})));
    EXPECT_FALSE(serve(channel, workers.worker));
    testing_tools::BytesChannel answer(channel.written);
    EXPECT_EQ(receive(answer, 0).frame.kind, MessageKind::Refusal);
  }
}

}  // namespace
}  // namespace tenon::remote
