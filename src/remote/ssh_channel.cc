// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Steps of a connection, and reading while two streams share it.
#include "remote/ssh_channel.h"

#include <chrono>

#include "remote/ssh_login.h"

namespace tenon::remote {

namespace {

constexpr size_t kMostRemarks = 64 << 10;

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      out += "'\\''";
    } else {
      out += letter;
    }
  }
  return out + "'";
}

class SshChannel final : public Channel {
 public:
  explicit SshChannel(SshSession session)
      : session_(std::move(session)), ssh_(session_.library()) {}
  SshChannel(const SshChannel&) = delete;
  SshChannel& operator=(const SshChannel&) = delete;
  ~SshChannel() override {
    if (channel_ != nullptr) ssh_.ssh_channel_free(channel_);
  }

  Status start(const std::string& command) {
    channel_ = ssh_.ssh_channel_new(session_.get());
    if (channel_ == nullptr || ssh_.ssh_channel_open_session(channel_) != SSH_OK ||
        ssh_.ssh_channel_request_exec(channel_, command.c_str()) != SSH_OK) {
      return {Code::Io, "the host starts no program"};
    }
    return {};
  }

  Result<size_t> read(std::span<std::byte> into, int timeout_ms) override {
    using Clock = std::chrono::steady_clock;
    constexpr int kSlice = 100;
    const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
    while (true) {
      const int ready = ssh_.ssh_channel_poll_timeout(channel_, kSlice, 0);
      hear();
      if (ready == SSH_EOF) return size_t{0};
      if (ready < 0) return Status{Code::Io, "the connection was lost"};
      if (ready > 0) {
        const int count = ssh_.ssh_channel_read_nonblocking(channel_, into.data(),
                                                            static_cast<uint32_t>(into.size()), 0);
        if (count == SSH_EOF) return size_t{0};
        if (count < 0) return Status{Code::Io, "the connection was lost"};
        if (count > 0) return static_cast<size_t>(count);
      } else if (ssh_.ssh_channel_is_open(channel_) == 0) {
        return size_t{0};
      }
      if (timeout_ms >= 0 && Clock::now() >= end) return kSilent;
    }
  }

  Status write(std::span<const std::byte> bytes) override {
    constexpr size_t kPiece = 256 << 10;
    while (!bytes.empty()) {
      const auto piece = bytes.first(std::min(bytes.size(), kPiece));
      const int count =
          ssh_.ssh_channel_write(channel_, piece.data(), static_cast<uint32_t>(piece.size()));
      hear();
      if (count <= 0) return {Code::Io, "the connection was lost"};
      bytes = bytes.subspan(static_cast<size_t>(count));
    }
    return {};
  }

  std::string take_remarks() override {
    hear();
    return std::exchange(remarks_, {});
  }
  int exit_status() override { return ssh_.ssh_channel_get_exit_status(channel_); }

 private:
  void hear() {
    char text[4096];
    while (true) {
      const int count = ssh_.ssh_channel_read_nonblocking(channel_, text, sizeof text, 1);
      if (count <= 0) return;
      if (remarks_.size() < kMostRemarks) remarks_.append(text, static_cast<size_t>(count));
    }
  }

  SshSession session_;
  const SshLibrary& ssh_;
  ssh_channel channel_ = nullptr;
  std::string remarks_;
};

}  // namespace

std::string worker_command(const Address& address) {
  // env, not the shell's own words: what the shell is there is not known.
  return "env LD_LIBRARY_PATH=" + quoted(address.lib_path) + " " +
         quoted(address.exec_path + "/tenon-tune-worker") +
         " --plugins=" + quoted(address.lib_path);
}

Result<std::unique_ptr<Channel>> open_ssh(const Address& address, Diagnostics& diag) {
  TENON_ASSIGN(const SshLibrary* library, SshLibrary::open(diag));
  SshSession session(*library, address);
  TENON_TRY(session.connect(diag));
  TENON_TRY(session.check_host(diag));
  TENON_TRY(session.log_in(diag));
  auto channel = std::make_unique<SshChannel>(std::move(session));
  if (const Status status = channel->start(worker_command(address)); !status.ok()) {
    return diag.fail(status.code, "{}: {}: it may allow logins without commands alone",
                     address.name(), status.what);
  }
  return std::unique_ptr<Channel>(std::move(channel));
}

}  // namespace tenon::remote
