// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a configuration's text to the timer it asks for.
#include "remote/tuner.h"

#include "remote/recording.h"
#include "remote/remote_timer.h"
#include "remote/ssh_channel.h"
#include "remote/terminal.h"

namespace tenon::remote {

Result<std::unique_ptr<Tuner>> connect(std::string_view text, std::string_view version,
                                       Diagnostics& diag) {
  TENON_ASSIGN(Addresses addresses, read_addresses(text, &ask_on_terminal, diag));
  if (!addresses.replay.empty()) return open_recording(addresses.replay, version, diag);
  Sessions sessions;
  for (Address& one : addresses.machines) {
    const auto address = std::make_shared<const Address>(std::move(one));
    sessions.push_back(std::make_unique<Session>(
        Session::Options{address->name(), std::string(version), worker_command(*address),
                         address->timeout_s, address->plugins},
        [address](Diagnostics& voice) { return open_ssh(*address, voice); }));
  }
  TENON_ASSIGN(auto timer, RemoteTimer::open(std::move(sessions), diag));
  if (addresses.record.empty()) return std::unique_ptr<Tuner>(std::move(timer));
  return record_into(addresses.record, version, std::move(timer), diag);
}

}  // namespace tenon::remote
