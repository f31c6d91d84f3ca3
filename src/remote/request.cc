// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Trials as bytes.
#include <cstring>
#include <map>

#include "base/hash.h"
#include "remote/messages.h"

namespace tenon::remote {

namespace {

using kernel::TensorDesc;

// No tensor of a trial is greater, in elements and in bytes.
constexpr int64_t kMostElements = int64_t{1} << 40;
constexpr size_t kMostPorts = 1 << 16;

/// Byte strings, each once, by number.
class BlobTable {
 public:
  uint32_t add(std::span<const std::byte> bytes) {
    auto& same = numbers_[hash64(bytes)];
    for (const uint32_t number : same) {
      const auto other = blobs_[number];
      if (other.size() == bytes.size() &&
          (bytes.empty() || std::memcmp(other.data(), bytes.data(), bytes.size()) == 0)) {
        return number;
      }
    }
    same.push_back(static_cast<uint32_t>(blobs_.size()));
    blobs_.push_back(bytes);
    return same.back();
  }
  void write(ByteWriter& writer) const {
    writer.put(static_cast<uint32_t>(blobs_.size()));
    for (const auto blob : blobs_) {
      writer.put(uint64_t{blob.size()});
      writer.raw(blob);
    }
  }

 private:
  std::vector<std::span<const std::byte>> blobs_;
  std::map<uint64_t, std::vector<uint32_t>> numbers_;
};

class RequestWriter {
 public:
  void trial(const tune::Trial& trial) {
    body_.text(trial.name);
    body_.put(static_cast<uint8_t>(trial.live != nullptr));
    record(*trial.record);
    body_.put(static_cast<uint32_t>(trial.inputs.size()));
    for (const tune::TrialInput& input : trial.inputs) {
      body_.put(static_cast<uint8_t>(input.present));
      body_.text(input.name);
      desc(input.desc);
      desc(input.greatest);
      body_.put(blobs_.add(input.values));
    }
    body_.put(static_cast<uint32_t>(trial.outputs.size()));
    for (size_t i = 0; i < trial.outputs.size(); ++i) {
      desc(trial.outputs[i]);
      desc(trial.greatest_outputs[i]);
      body_.text(i < trial.output_names.size() ? trial.output_names[i] : std::string());
      body_.put(i < trial.open_outputs.size() ? trial.open_outputs[i] : uint8_t{0});
    }
    body_.put(static_cast<uint32_t>(trial.shared.size()));
    for (const auto& [output, input] : trial.shared) {
      body_.put(static_cast<int32_t>(output));
      body_.put(static_cast<int32_t>(input));
    }
  }

  Bytes finish(size_t trials, const tune::Effort& effort) {
    ByteWriter all;
    all.put(static_cast<int32_t>(effort.runs));
    all.put(effort.budget_ms);
    all.put(static_cast<int32_t>(effort.most_runs));
    all.put(static_cast<uint8_t>(effort.cold_weights));
    all.put(effort.workspace_limit);
    all.put(static_cast<uint8_t>(effort.guard));
    blobs_.write(all);
    all.put(static_cast<uint32_t>(trials));
    all.raw(body_.bytes());
    return std::move(all).bytes();
  }

 private:
  void record(const kernel::Record& record) {
    body_.text(record.id.family);
    body_.text(record.id.name);
    body_.put(record.id.version);
    body_.put(blobs_.add(record.params));
    body_.put(static_cast<uint32_t>(record.packed.size()));
    for (const kernel::PackedBlob& blob : record.packed) {
      body_.put(blobs_.add(blob.layout));
      body_.put(blobs_.add(blob.data));
    }
    body_.put(record.tactic);
    body_.put(record.threads);
    body_.text(record.plugin_version);
    body_.text(record.plugin_namespace);
    body_.text(record.plugin_library);
    body_.put(record.isa);
  }

  void desc(const TensorDesc& desc) {
    body_.put(desc.dtype);
    body_.put(desc.layout.order);
    body_.put(desc.layout.channel_from_end);
    body_.put(desc.layout.vector);
    body_.put(desc.layout.private_id);
    body_.put(desc.scale);
    body_.put(static_cast<uint8_t>(desc.dims.rank()));
    for (const int64_t extent : desc.dims) body_.put(extent);
  }

  ByteWriter body_;
  BlobTable blobs_;
};

class RequestReader {
 public:
  explicit RequestReader(std::span<const std::byte> bytes) : in_(bytes) {}

  bool read(Request& out) {
    out.effort.runs = in_.take<int32_t>();
    out.effort.budget_ms = in_.take<double>();
    out.effort.most_runs = in_.take<int32_t>();
    out.effort.cold_weights = in_.take<uint8_t>() != 0;
    out.effort.workspace_limit = in_.take<uint64_t>();
    out.effort.guard = in_.take<uint8_t>() != 0;
    if (out.effort.runs < 0 || out.effort.most_runs < out.effort.runs ||
        !(out.effort.budget_ms >= 0 && out.effort.budget_ms < 1e9)) {
      return false;
    }
    blobs_.resize(count(sizeof(uint64_t)));
    for (auto& blob : blobs_) {
      const auto size = in_.take<uint64_t>();
      blob = in_.raw(size);
    }
    const size_t trials = count(64);
    out.records.resize(trials);
    out.trials.resize(trials);
    out.watched.resize(trials);
    for (size_t i = 0; i < trials && ok(); ++i) {
      out.trials[i].record = &out.records[i];
      trial(out.trials[i], out.records[i], out.watched[i]);
    }
    return ok() && in_.at_end();
  }

 private:
  [[nodiscard]] bool ok() const noexcept { return in_.ok() && !bad_; }
  void check(bool good) noexcept { bad_ |= !good; }

  size_t count(size_t least) {
    const auto number = in_.take<uint32_t>();
    if (number * uint64_t{least} <= in_.rest().size()) return number;
    check(false);
    return 0;
  }

  std::span<const std::byte> blob() {
    const auto number = in_.take<uint32_t>();
    check(number < blobs_.size());
    return number < blobs_.size() ? blobs_[number] : std::span<const std::byte>();
  }
  Bytes copy() {
    const auto bytes = blob();
    return {bytes.begin(), bytes.end()};
  }
  std::string text() { return std::string(in_.text()); }

  void trial(tune::Trial& trial, kernel::Record& made, uint8_t& watched) {
    trial.name = text();
    watched = in_.take<uint8_t>() != 0 ? 1 : 0;
    record(made);
    trial.inputs.resize(count(1));
    check(trial.inputs.size() <= kMostPorts);
    for (tune::TrialInput& one : trial.inputs) {
      if (!ok()) return;
      input(one);
    }
    const size_t outputs = count(1);
    for (size_t i = 0; i < outputs && ok(); ++i) {
      trial.outputs.push_back(desc(false));
      trial.greatest_outputs.push_back(desc(false));
      check(trial.outputs.back().bytes() <= trial.greatest_outputs.back().bytes());
      trial.output_names.push_back(text());
      trial.open_outputs.push_back(in_.take<uint8_t>());
    }
    const size_t shared = count(2 * sizeof(int32_t));
    for (size_t i = 0; i < shared && ok(); ++i) {
      const auto output = in_.take<int32_t>(), from = in_.take<int32_t>();
      check(output >= 0 && static_cast<size_t>(output) < outputs && from >= 0 &&
            static_cast<size_t>(from) < trial.inputs.size());
      if (!ok()) return;
      const tune::TrialInput& input = trial.inputs[static_cast<size_t>(from)];
      const auto& written = trial.greatest_outputs[static_cast<size_t>(output)];
      check(input.present && written.bytes() <= input.greatest.bytes());
      trial.shared.emplace_back(output, from);
    }
  }

  void input(tune::TrialInput& input) {
    input.present = in_.take<uint8_t>() != 0;
    input.name = text();
    input.desc = desc(!input.present);
    input.greatest = desc(!input.present);
    input.values = blob();
    if (!input.present || !ok()) return;
    check(input.desc.bytes() <= input.greatest.bytes());
    check(input.values.empty() || static_cast<int64_t>(input.values.size()) == input.desc.bytes());
  }

  void record(kernel::Record& record) {
    constexpr int32_t kMostThreads = 1 << 16;
    record.id.family = text();
    record.id.name = text();
    record.id.version = in_.take<uint32_t>();
    record.params = copy();
    const size_t packed = count(2 * sizeof(uint32_t));
    for (size_t i = 0; i < packed && ok(); ++i) {
      kernel::PackedBlob& blob = record.packed.emplace_back();
      blob.layout = copy();
      blob.data = copy();
    }
    record.tactic = in_.take<int32_t>();
    record.threads = in_.take<int32_t>();
    check(record.threads >= 1 && record.threads <= kMostThreads);
    record.plugin_version = text();
    record.plugin_namespace = text();
    record.plugin_library = text();
    record.isa = in_.take<uint32_t>();
  }

  TensorDesc desc(bool may_be_absent) {
    TensorDesc desc;
    desc.dtype = in_.take<DType>();
    check(static_cast<size_t>(desc.dtype) < kDTypeCount);
    desc.layout.order = in_.take<kernel::Layout::Order>();
    desc.layout.channel_from_end = in_.take<uint8_t>();
    desc.layout.vector = in_.take<uint8_t>();
    desc.layout.private_id = in_.take<uint32_t>();
    desc.scale = in_.take<float>();
    const auto rank = in_.take<uint8_t>();
    check(rank <= Dims::kMaxRank && desc.layout.order <= kernel::Layout::Order::ChannelsLast &&
          desc.layout.vector >= 1 &&
          (desc.layout.channel_from_end == 3 || desc.layout.channel_from_end == 4));
    if (!ok()) return {};
    desc.dims = {};
    for (int i = 0; i < rank; ++i) desc.dims.push_back(in_.take<int64_t>());
    if (may_be_absent && desc.absent()) return desc;
    check(volume_within(desc.dims, kMostElements));
    for (const int64_t extent : desc.dims) check(extent <= kMostElements);  // beside an extent of 0
    return ok() ? desc : TensorDesc{};
  }

  ByteReader in_;
  bool bad_ = false;
  std::vector<std::span<const std::byte>> blobs_;
};

}  // namespace

Bytes pack_request(std::span<const tune::Trial* const> trials, const tune::Effort& effort) {
  RequestWriter writer;
  for (const tune::Trial* trial : trials) writer.trial(*trial);
  return writer.finish(trials.size(), effort);
}

bool read_request(std::span<const std::byte> bytes, Request& out) {
  return RequestReader(bytes).read(out);
}

}  // namespace tenon::remote
