// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Dealing trials out and gathering times.
#include "remote/remote_timer.h"

#include <chrono>
#include <thread>

namespace tenon::remote {

namespace {

/// What one machine is given of a call, and what came of it.
struct Share {
  std::vector<size_t> numbers;
  std::vector<const tune::Trial*> trials;
  CollectingSink said;
  Result<std::vector<tune::Timing>> timings{Status{Code::Internal, "not asked"}};
};

void ask(Session& session, const tune::Effort& effort, Share& share) {
  if (share.trials.empty()) {
    share.timings = std::vector<tune::Timing>();
    return;
  }
  Diagnostics diag(share.said);
  try {
    share.timings = session.time(share.trials, effort, diag);
  } catch (const std::exception& error) {
    share.timings = diag.fail(Code::OutOfMemory, "{}: {}", session.where(), error.what());
  }
}

}  // namespace

Result<std::unique_ptr<RemoteTimer>> RemoteTimer::open(Sessions sessions, Diagnostics& diag) {
  for (const auto& session : sessions) {
    TENON_TRY(session->open(diag));
    const device::Target &first = sessions[0]->target(), &target = session->target();
    diag.info("tuning on {}: {}", session->where(), target.fingerprint());
    if (target == first) continue;
    return diag.fail(Code::InvalidArgument,
                     "machines that share the work must be of one kind, but {} is [{}] and {} is "
                     "[{}]: tune on one of them",
                     sessions[0]->where(), first.fingerprint(), session->where(),
                     target.fingerprint());
  }
  return std::unique_ptr<RemoteTimer>(new RemoteTimer(std::move(sessions), diag));
}

std::vector<tune::Timing> RemoteTimer::time(std::span<const tune::Trial> trials,
                                            const tune::Effort& effort) {
  if (trials.empty()) return {};
  std::vector<tune::Timing> timings(trials.size());
  const auto start = std::chrono::steady_clock::now();
  std::vector<Share> shares(sessions_.size());
  for (size_t i = 0; i < trials.size(); ++i) {
    Share& share = shares[i % shares.size()];
    share.numbers.push_back(i);
    share.trials.push_back(&trials[i]);
  }
  if (lost_.ok()) {
    std::vector<std::jthread> others;
    for (size_t i = 1; i < shares.size() && !shares[i].trials.empty(); ++i) {
      others.emplace_back([&, i] { ask(*sessions_[i], effort, shares[i]); });
    }
    ask(*sessions_[0], effort, shares[0]);
  }
  for (Share& share : shares) {
    for (const auto& entry : share.said.entries) {
      diag_.sink().report(entry.severity, entry.code, entry.text);
    }
    const bool good = share.timings.ok();
    if (!good && lost_.ok() && !share.trials.empty()) lost_ = share.timings.status();
    for (size_t i = 0; i < share.numbers.size(); ++i) {
      tune::Timing& timing = timings[share.numbers[i]];
      if (good) {
        timing = std::move((*share.timings)[i]);
      } else {
        timing.status = lost_;
        timing.reason = "it was not timed: the machine that measures is lost";
      }
    }
  }
  calls_ += 1;
  trials_ += trials.size();
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return timings;
}

Status RemoteTimer::finish() {
  diag_.info("remote tuning: {} kernels timed in {} requests on {} machine{}, {:.2f} s", trials_,
             calls_, sessions_.size(), sessions_.size() == 1 ? "" : "s", seconds_);
  return {};
}

}  // namespace tenon::remote
