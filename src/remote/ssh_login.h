// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A connection of libssh up to where commands can be given.
#pragma once

#include <memory>
#include <string>

#include "base/diagnostics.h"
#include "remote/address.h"
#include "remote/ssh_library.h"

namespace tenon::remote {

/// connect(), check_host(), log_in(), in this order; each fails with a sentence. `address` and the
/// library outlive it. Move-only.
class SshSession {
 public:
  SshSession(const SshLibrary& library, const Address& address);
  Status connect(Diagnostics& diag);
  Status check_host(Diagnostics& diag);
  Status log_in(Diagnostics& diag);

  [[nodiscard]] ssh_session get() const noexcept { return session_.get(); }
  [[nodiscard]] const SshLibrary& library() const noexcept { return *ssh_; }

 private:
  struct Close {
    const SshLibrary* ssh;
    void operator()(ssh_session session) const noexcept {
      ssh->ssh_disconnect(session);
      ssh->ssh_free(session);
    }
  };
  [[nodiscard]] const char* error() const noexcept { return ssh_->ssh_get_error(get()); }
  [[nodiscard]] std::string option(ssh_options_e which) const;
  [[nodiscard]] std::string fingerprint() const;
  Status configure(Diagnostics& diag);
  Status use_identity(Diagnostics& diag);
  int answer_questions();
  Status refuse_login(const std::string& tried, Diagnostics& diag);

  const SshLibrary* ssh_;
  const Address* address_;
  std::unique_ptr<ssh_session_struct, Close> session_;
};

}  // namespace tenon::remote
