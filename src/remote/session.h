// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The builder's end: one worker, from greeting to goodbye.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "remote/channel.h"
#include "remote/messages.h"
#include "remote/wire.h"

namespace tenon::remote {

/// Speaks with one worker. When the connection drops it is made once more and the request is
/// sent again; a second time ends it. One thread at a time.
class Session {
 public:
  using Connect = std::function<Result<std::unique_ptr<Channel>>(Diagnostics& diag)>;
  struct Options {
    std::string where;                 ///< for messages
    std::string version;               ///< Tenon's own
    std::string start;                 ///< how the worker is started, for messages
    int timeout_s = 20;                ///< without a sign of life
    std::vector<std::string> plugins;  ///< file names, opened at the start
  };
  Session(Options options, Connect connect);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  /// Connects and greets. Fails with a sentence.
  Status open(Diagnostics& diag);
  /// Only once open() has succeeded.
  [[nodiscard]] const device::Target& target() const noexcept { return welcome_.target; }
  [[nodiscard]] const std::string& where() const noexcept { return options_.where; }

  /// Has trials timed; each has its record. Fails with a sentence, and the session is over then.
  Result<std::vector<tune::Timing>> time(std::span<const tune::Trial* const> trials,
                                         const tune::Effort& effort, Diagnostics& diag);

 private:
  Status connect(Diagnostics& diag);
  Result<std::vector<tune::Timing>> exchange(std::span<const tune::Trial* const> trials,
                                             std::span<const std::byte> request, Diagnostics& diag);
  Status deliver(MessageKind kind, std::span<const std::byte> payload, Diagnostics& diag);
  Status announce(std::span<const tune::Trial* const> trials, Diagnostics& diag);
  /// The next frame that is no sign of life; a refusal becomes a failure.
  Result<Frame> await(MessageKind wanted, Diagnostics& diag);
  Status explain(const Received& received, Diagnostics& diag);
  void pass_on_remarks(Diagnostics& diag);

  Options options_;
  Connect connect_;
  std::unique_ptr<Channel> channel_;
  Welcome welcome_;
  bool greeted_ = false;  ///< welcome_ is of an earlier connection, or this one
  std::set<PluginWish> announced_;
  std::string remarks_;  ///< what the worker said last
};

}  // namespace tenon::remote
