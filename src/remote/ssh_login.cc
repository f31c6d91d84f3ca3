// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Options, host keys, logging in.
#include "remote/ssh_login.h"

#include <cstring>

#include "remote/terminal.h"

namespace tenon::remote {

namespace {

/// Asks for the passphrase of a key.
int ask_passphrase(const char* prompt, char* buffer, size_t size, int, int, void* data) {
  Diagnostics& diag = *static_cast<Diagnostics*>(data);
  const auto answer = ask_on_terminal(std::string(prompt) + ": ", diag);
  if (!answer.ok() || answer->view().size() + 1 > size) return -1;
  std::memcpy(buffer, answer->c_str(), answer->view().size() + 1);
  return 0;
}

}  // namespace

SshSession::SshSession(const SshLibrary& library, const Address& address)
    : ssh_(&library), address_(&address), session_(library.ssh_new(), Close{&library}) {}

std::string SshSession::option(ssh_options_e which) const {
  char* value = nullptr;
  if (ssh_->ssh_options_get(get(), which, &value) != SSH_OK || value == nullptr) return {};
  std::string text = value;
  ssh_->ssh_string_free_char(value);
  return text;
}

Status SshSession::configure(Diagnostics& diag) {
  const auto set = [&](ssh_options_e which, const std::string& value) {
    return value.empty() || ssh_->ssh_options_set(get(), which, value.c_str()) == SSH_OK;
  };
  const long timeout = address_->timeout_s;
  const int at_once = 1;  // Requests and answers alternate: none may wait for more to be sent.
  bool good = get() != nullptr && set(SSH_OPTIONS_HOST, address_->host) &&
              ssh_->ssh_options_set(get(), SSH_OPTIONS_TIMEOUT, &timeout) == SSH_OK &&
              ssh_->ssh_options_set(get(), SSH_OPTIONS_NODELAY, &at_once) == SSH_OK;
  const std::string& config = address_->ssh_config;
  if (good &&
      ssh_->ssh_options_parse_config(get(), config.empty() ? nullptr : config.c_str()) != SSH_OK) {
    return diag.fail(Code::InvalidArgument, "{}: the SSH configuration {} cannot be read: {}",
                     address_->name(), config.empty() ? "of this user" : config, error());
  }
  good = good && set(SSH_OPTIONS_USER, address_->user) &&
         set(SSH_OPTIONS_KNOWNHOSTS, address_->known_hosts) &&
         set(SSH_OPTIONS_GLOBAL_KNOWNHOSTS, address_->known_hosts) &&
         (address_->port == 0 ||
          ssh_->ssh_options_set(get(), SSH_OPTIONS_PORT, &address_->port) == SSH_OK);
  if (good) return {};
  return diag.fail(Code::Internal, "{}: libssh takes no options: {}", address_->name(),
                   get() == nullptr ? "memory ran out" : error());
}

Status SshSession::connect(Diagnostics& diag) {
  TENON_TRY(configure(diag));
  if (ssh_->ssh_connect(get()) == SSH_OK) return {};
  return diag.fail(Code::Io,
                   "cannot connect to {}: {}; see that the machine is up, that an SSH server "
                   "listens at this port, and that no firewall stands between",
                   address_->name(), error());
}

std::string SshSession::fingerprint() const {
  ssh_key key = nullptr;
  if (ssh_->ssh_get_server_publickey(get(), &key) != SSH_OK) return "unknown";
  unsigned char* hash = nullptr;
  size_t size = 0;
  std::string text = "unknown";
  if (ssh_->ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) == SSH_OK) {
    char* written = ssh_->ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
    if (written != nullptr) text = written;
    ssh_->ssh_string_free_char(written);
    ssh_->ssh_clean_pubkey_hash(&hash);
  }
  ssh_->ssh_key_free(key);
  return text;
}

Status SshSession::check_host(Diagnostics& diag) {
  const std::string file = option(SSH_OPTIONS_KNOWNHOSTS);
  const std::string where = file.empty() ? "~/.ssh/known_hosts" : file;
  switch (ssh_->ssh_session_is_known_server(get())) {
    case SSH_KNOWN_HOSTS_OK:
      return {};
    case SSH_KNOWN_HOSTS_CHANGED:
    case SSH_KNOWN_HOSTS_OTHER:
      return diag.fail(Code::InvalidArgument,
                       "{}: its host key has changed: it shows {}, but {} holds another key. "
                       "Somebody may stand between; if the machine was set up anew, take the old "
                       "line out (ssh-keygen -R) and add the new key",
                       address_->name(), fingerprint(), where);
    case SSH_KNOWN_HOSTS_NOT_FOUND:
    case SSH_KNOWN_HOSTS_UNKNOWN:
      return diag.fail(Code::NotFound,
                       "{}: its host key is not known: it shows {}, and {} has no line for it. "
                       "Compare that with the machine's own word (ssh-keygen -lf on its key), then "
                       "connect once with ssh, or add the output of ssh-keyscan to the file",
                       address_->name(), fingerprint(), where);
    case SSH_KNOWN_HOSTS_ERROR:
      break;
  }
  return diag.fail(Code::Io, "{}: its host key cannot be looked up in {}: {}", address_->name(),
                   where, error());
}

Status SshSession::refuse_login(const std::string& tried, Diagnostics& diag) {
  const int methods = ssh_->ssh_userauth_list(get(), nullptr);
  std::string taken;
  const auto add = [&](int method, const char* name) {
    if ((methods & method) != 0) taken += (taken.empty() ? "" : ", ") + std::string(name);
  };
  add(SSH_AUTH_METHOD_PASSWORD, "password");
  add(SSH_AUTH_METHOD_PUBLICKEY, "publickey");
  add(SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive");
  add(SSH_AUTH_METHOD_HOSTBASED, "hostbased");
  add(SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi");
  return diag.fail(Code::InvalidArgument,
                   "{}: the login is refused: {} did not open it; the host takes {}. Check user, "
                   "password and key, and that the key stands in its authorized_keys",
                   address_->name(), tried, taken.empty() ? "nothing we know" : taken);
}

Status SshSession::use_identity(Diagnostics& diag) {
  ssh_key key = nullptr;
  const int read = ssh_->ssh_pki_import_privkey_file(address_->identity.c_str(), nullptr,
                                                     &ask_passphrase, &diag, &key);
  if (read != SSH_OK) {
    return diag.fail(Code::NotFound, "identity={} is no private key that can be read{}",
                     address_->identity, read == SSH_EOF ? ": the file is not there" : "");
  }
  const int outcome = ssh_->ssh_userauth_publickey(get(), nullptr, key);
  ssh_->ssh_key_free(key);
  return outcome == SSH_AUTH_SUCCESS ? Status{} : Status{Code::InvalidArgument, "not this key"};
}

/// Hosts that ask for the password in a dialogue of their own.
int SshSession::answer_questions() {
  constexpr int kMostRounds = 4;
  int outcome = ssh_->ssh_userauth_kbdint(get(), nullptr, nullptr);
  for (int round = 0; outcome == SSH_AUTH_INFO && round < kMostRounds; ++round) {
    const int prompts = ssh_->ssh_userauth_kbdint_getnprompts(get());
    for (int i = 0; i < prompts; ++i) {
      ssh_->ssh_userauth_kbdint_setanswer(get(), static_cast<unsigned>(i),
                                          address_->password.c_str());
    }
    outcome = ssh_->ssh_userauth_kbdint(get(), nullptr, nullptr);
  }
  return outcome;
}

Status SshSession::log_in(Diagnostics& diag) {
  const auto in = [&](const char* how) {
    diag.info("{}: logged in by {}", address_->name(), how);
    return Status{};
  };
  if (ssh_->ssh_userauth_none(get(), nullptr) == SSH_AUTH_SUCCESS) return in("nothing at all");
  const int methods = ssh_->ssh_userauth_list(get(), nullptr);
  std::string tried;
  if (!address_->identity.empty()) {
    const Status status = use_identity(diag);
    if (status.ok()) return in("key");
    if (status.code == Code::NotFound) return status;
    tried = "key " + address_->identity;
  }
  if (!address_->password.empty()) {
    const char* const password = address_->password.c_str();
    if ((methods & SSH_AUTH_METHOD_PASSWORD) != 0 &&
        ssh_->ssh_userauth_password(get(), nullptr, password) == SSH_AUTH_SUCCESS) {
      return in("password");
    }
    if ((methods & SSH_AUTH_METHOD_INTERACTIVE) != 0 && answer_questions() == SSH_AUTH_SUCCESS) {
      return in("password, in the host's own dialogue");
    }
    tried += tried.empty() ? "password" : " and password";
  }
  if (!tried.empty()) return refuse_login(tried, diag);
  if (ssh_->ssh_userauth_agent(get(), nullptr) == SSH_AUTH_SUCCESS) return in("agent");
  if (ssh_->ssh_userauth_publickey_auto(get(), nullptr, nullptr) == SSH_AUTH_SUCCESS) {
    return in("one of this user's keys");
  }
  return refuse_login("neither the agent nor one of this user's keys", diag);
}

}  // namespace tenon::remote
