// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading requests, timing, answering.
#include "remote/worker.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "remote/wire.h"

namespace tenon::remote {

namespace {

/// Sends signs of life as long as it lives. Nobody else writes meanwhile.
class Heartbeat {
 public:
  explicit Heartbeat(Channel& channel)
      : thread_([this, &channel](const std::stop_token& stop) {
          constexpr std::chrono::seconds kBeat{1};
          std::unique_lock lock(mutex_);
          while (!woken_.wait_for(lock, stop, kBeat, [] { return false; })) {
            if (stop.stop_requested() || !send(channel, MessageKind::Busy, {}).ok()) return;
          }
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;  ///< last: it uses the others
};

/// A kernel that nobody vouches for, made from its record: timed as a live one.
struct LiveKernel {
  std::unique_ptr<kernel::RecordHolder> holder;
  std::unique_ptr<kernel::Loaded> loaded;
};

class Server {
 public:
  Server(Channel& channel, const Worker& worker) : channel_(channel), worker_(worker) {}

  bool run() {
    while (true) {
      constexpr int kForEver = -1;
      const Received received = receive(channel_, kForEver);
      if (received.fault != FrameFault::None) return refuse_frame(received);
      const Frame& frame = received.frame;
      if (frame.kind == MessageKind::Bye) return true;
      if (!greeted_ && frame.kind != MessageKind::Hello) return refuse("a greeting comes first");
      bool good = false;
      switch (frame.kind) {
        case MessageKind::Hello:
          good = greet(frame.payload);
          break;
        case MessageKind::Libraries:
          good = provide(frame.payload);
          break;
        case MessageKind::Time:
          good = time(frame.payload);
          break;
        default:
          return refuse("this message is not for workers");
      }
      if (!good) return false;
    }
  }

 private:
  /// Says no; the session is over.
  bool refuse(std::string_view why) {
    (void)send(channel_, MessageKind::Refusal, pack_text(why));
    return false;
  }
  bool refuse_frame(const Received& received) {
    if (received.fault == FrameFault::Closed || received.fault == FrameFault::Lost) return false;
    return refuse("what arrived is no message of this version of the protocol");
  }

  bool greet(std::span<const std::byte> payload) {
    const auto hello = read_hello(payload);
    if (!hello || greeted_) return refuse("this greeting makes no sense");
    greeted_ = true;
    for (const std::string& library : hello->plugins) {
      const std::string missing = worker_.open_library(library);
      if (!missing.empty()) return refuse(missing);
    }
    // Versions are compared by the builder, whose words reach a person.
    return send(channel_, MessageKind::Welcome, pack(Welcome{worker_.version, worker_.target}))
        .ok();
  }

  bool provide(std::span<const std::byte> payload) {
    const auto wishes = read_wishes(payload);
    if (!wishes) return refuse("this list of plugins makes no sense");
    for (const PluginWish& wish : *wishes) {
      const std::string missing = worker_.provide(wish);
      if (!missing.empty()) return refuse(missing);
    }
    return send(channel_, MessageKind::Ready, {}).ok();
  }

  bool time(std::span<const std::byte> payload) {
    Request request;
    if (!read_request(payload, request)) return refuse("these trials make no sense");
    std::vector<tune::Timing> timings;
    {
      const Heartbeat heartbeat(channel_);
      timings = take_times(request);
    }
    return send(channel_, MessageKind::Timings, pack_timings(timings)).ok();
  }

  std::vector<tune::Timing> take_times(Request& request) {
    std::vector<tune::Timing> timings(request.trials.size());
    std::vector<LiveKernel> live(request.trials.size());
    std::vector<tune::Trial> good;
    std::vector<size_t> numbers;
    for (size_t i = 0; i < request.trials.size(); ++i) {
      tune::Trial& trial = request.trials[i];
      if (request.watched[i] != 0 && !make_live(trial, live[i], timings[i])) continue;
      numbers.push_back(i);
      good.push_back(trial);
    }
    std::vector<tune::Timing> taken = worker_.timer->time(good, request.effort);
    for (size_t i = 0; i < numbers.size(); ++i) timings[numbers[i]] = std::move(taken[i]);
    return timings;
  }

  bool make_live(tune::Trial& trial, LiveKernel& live, tune::Timing& timing) {
    std::vector<kernel::TensorDesc> inputs;
    for (const tune::TrialInput& input : trial.inputs) inputs.push_back(input.greatest);
    live.holder = std::make_unique<kernel::RecordHolder>(*trial.record, trial.name, inputs,
                                                         trial.greatest_outputs);
    CollectingSink said;
    Diagnostics diag(said);
    auto loaded = kernel::load(*worker_.loaders, live.holder->view(), diag);
    if (!loaded.ok()) {
      timing.status = loaded.status();
      timing.reason = said.errors();
      return false;
    }
    live.loaded = std::move(loaded).value();
    trial.live = live.loaded.get();
    return true;
  }

  Channel& channel_;
  const Worker& worker_;
  bool greeted_ = false;
};

}  // namespace

bool serve(Channel& channel, const Worker& worker) { return Server(channel, worker).run(); }

}  // namespace tenon::remote
