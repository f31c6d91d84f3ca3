// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A channel to a process that SSH starts on another machine.
#pragma once

#include <memory>

#include "base/diagnostics.h"
#include "remote/address.h"
#include "remote/channel.h"

namespace tenon::remote {

/// Connects, makes sure of the host's key, logs in and starts the worker of `address`. The key must
/// stand in known_hosts; logging in takes what the address names (identity, password), else the
/// agent and the usual keys. Fails with a sentence that says what to mend; none holds the password.
Result<std::unique_ptr<Channel>> open_ssh(const Address& address, Diagnostics& diag);

/// The command that starts the worker, quoted for the shell there.
std::string worker_command(const Address& address);

}  // namespace tenon::remote
