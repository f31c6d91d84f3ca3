// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// libssh, opened when the first connection needs it.
#pragma once

#include <libssh/libssh.h>

#include "base/diagnostics.h"
#include "base/result.h"

namespace tenon::remote {

/// The functions we call: rows of the table that is filled from the library.
#define TENON_SSH_FUNCTIONS(X)       \
  X(ssh_new)                         \
  X(ssh_free)                        \
  X(ssh_options_set)                 \
  X(ssh_options_get)                 \
  X(ssh_options_parse_config)        \
  X(ssh_connect)                     \
  X(ssh_disconnect)                  \
  X(ssh_get_error)                   \
  X(ssh_session_is_known_server)     \
  X(ssh_get_server_publickey)        \
  X(ssh_get_publickey_hash)          \
  X(ssh_get_fingerprint_hash)        \
  X(ssh_clean_pubkey_hash)           \
  X(ssh_string_free_char)            \
  X(ssh_key_free)                    \
  X(ssh_pki_import_privkey_file)     \
  X(ssh_userauth_none)               \
  X(ssh_userauth_list)               \
  X(ssh_userauth_publickey)          \
  X(ssh_userauth_publickey_auto)     \
  X(ssh_userauth_agent)              \
  X(ssh_userauth_password)           \
  X(ssh_userauth_kbdint)             \
  X(ssh_userauth_kbdint_getnprompts) \
  X(ssh_userauth_kbdint_setanswer)   \
  X(ssh_channel_new)                 \
  X(ssh_channel_free)                \
  X(ssh_channel_close)               \
  X(ssh_channel_open_session)        \
  X(ssh_channel_request_exec)        \
  X(ssh_channel_poll_timeout)        \
  X(ssh_channel_read_nonblocking)    \
  X(ssh_channel_write)               \
  X(ssh_channel_is_open)             \
  X(ssh_channel_get_exit_status)

struct SshLibrary {
#define TENON_ROW(name) decltype(&::name) name = nullptr;
  TENON_SSH_FUNCTIONS(TENON_ROW)
#undef TENON_ROW

  /// Opened once a process and never closed. Fails with NotFound and a sentence that says what to
  /// install.
  static Result<const SshLibrary*> open(Diagnostics& diag);
};

}  // namespace tenon::remote
