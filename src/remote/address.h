// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where another machine is and how to get in: the text of --remoteAutoTuningConfig, read.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "remote/secret.h"

namespace tenon::remote {

/// One machine. What is empty is not given.
struct Address {
  std::string user, host;  ///< host: a name, a number, or a Host of ssh_config
  Secret password;
  int port = 0;                            ///< 0: not given
  std::string exec_path, lib_path;         ///< folders there: of the worker, of its libraries
  std::string identity, known_hosts;       ///< files here
  std::string ssh_config;                  ///< in the place of ~/.ssh/config
  std::vector<std::string> plugins;        ///< file names in lib_path, opened at the start
  int timeout_s = 20;                      ///< without any sign of life
  [[nodiscard]] std::string name() const;  ///< "host" or "host:port", for messages
};

/// All machines of one text, or the recording in their place.
struct Addresses {
  std::vector<Address> machines;
  std::string record;  ///< file that the session is written to
  std::string replay;  ///< file that answers in the place of machines
};

/// Asks for a password: the question, and what was typed. Fails where there is nobody to ask.
using Ask = std::function<Result<Secret>(const std::string& question, Diagnostics& diag)>;

/// Reads `ssh://user[:password]@host[:port]?remote_exec_path=DIR&remote_lib_path=DIR[&…]`, several
/// of them separated by ';', or `replay://FILE`. Percent signs encode bytes. The password PROMPT is
/// asked for with `ask`. Every fault is named; no message holds user or password. docs/
/// remote_tuning.md lists the parameters.
Result<Addresses> read_addresses(std::string_view text, const Ask& ask, Diagnostics& diag);

/// The text for people: what stands between each "://" and its '@' is "***".
std::string hide_credentials(std::string_view text);

}  // namespace tenon::remote
