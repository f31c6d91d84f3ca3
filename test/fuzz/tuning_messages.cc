// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fuzzes what builder and worker of remote tuning read of each other: frames, messages, addresses.
#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "remote/address.h"
#include "remote/messages.h"
#include "remote/wire.h"

namespace {

using namespace tenon;  // NOLINT(google-build-using-namespace): a fuzz target is a program

/// Gives bytes in pieces, then is closed.
class Bits final : public remote::Channel {
 public:
  explicit Bits(std::span<const std::byte> bytes) : rest_(bytes) {}
  Result<size_t> read(std::span<std::byte> into, int) override {
    const size_t count = std::min({into.size(), rest_.size(), size_t{4096}});
    std::copy_n(rest_.begin(), count, into.begin());
    rest_ = rest_.subspan(count);
    return count;
  }
  Status write(std::span<const std::byte>) override { return {}; }

 private:
  std::span<const std::byte> rest_;
};

/// What is not refused keeps its promises, and comes out the same when it is written again.
void try_request(std::span<const std::byte> bytes) {
  remote::Request request;
  if (!remote::read_request(bytes, request)) return;
  std::vector<const tune::Trial*> trials;
  for (const tune::Trial& trial : request.trials) {
    trials.push_back(&trial);
    for (const tune::TrialInput& input : trial.inputs) {
      if (input.present && input.desc.bytes() > input.greatest.bytes()) std::abort();
    }
    for (const auto& [output, input] : trial.shared) {
      if (static_cast<size_t>(output) >= trial.outputs.size()) std::abort();
      if (static_cast<size_t>(input) >= trial.inputs.size()) std::abort();
    }
  }
  remote::Request again;
  if (!remote::read_request(remote::pack_request(trials, request.effort), again)) std::abort();
  if (again.trials.size() != request.trials.size()) std::abort();
}

void try_address(std::string_view text) {
  CollectingSink said;
  Diagnostics diag(said);
  const auto nobody = [](const std::string&, Diagnostics& voice) -> Result<remote::Secret> {
    return voice.fail(Code::NotFound, "nobody");
  };
  const auto read = remote::read_addresses(text, nobody, diag);
  if (!read.ok() && said.errors().empty()) std::abort();  // Whoever says no says why.
  const std::string shown = remote::hide_credentials(text);
  if (!read.ok()) return;
  for (const remote::Address& one : read->machines) {
    constexpr size_t kTelling = 8;
    const bool leaks =
        one.password.view().size() >= kTelling && shown.find("***@") == std::string::npos;
    if (leaks) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::span bytes(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
  switch (data[0] % 7) {
    case 0: {
      Bits channel(bytes);
      (void)remote::receive(channel, 0, size_t{1} << 20);
      break;
    }
    case 1:
      try_request(bytes);
      break;
    case 2:
      (void)remote::read_timings(bytes, bytes.size() % 5);
      break;
    case 3:
      (void)remote::read_wishes(bytes);
      break;
    case 4:
      (void)remote::read_welcome(bytes);
      break;
    case 5:
      (void)remote::read_hello(bytes);
      break;
    default:
      try_address({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  return 0;
}
