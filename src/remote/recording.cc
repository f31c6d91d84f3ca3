// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writing sessions and playing them.
#include "remote/recording.h"

#include "base/file.h"
#include "base/hash.h"
#include "remote/messages.h"

namespace tenon::remote {

namespace {

constexpr std::string_view kMagic = "TENON TUNING\r\n\x1a\n";
constexpr uint32_t kFormat = 1;

/// One call: the hash of what was asked, and what came back.
struct Call {
  uint64_t request = 0;
  Bytes timings;
};

uint64_t hash_of(std::span<const tune::Trial> trials, const tune::Effort& effort) {
  std::vector<const tune::Trial*> all;
  for (const tune::Trial& trial : trials) all.push_back(&trial);
  return hash64(pack_request(all, effort));
}

class Recorder final : public Tuner {
 public:
  Recorder(std::string path, std::string_view version, std::unique_ptr<Tuner> tuner,
           Diagnostics& diag)
      : path_(std::move(path)), version_(version), tuner_(std::move(tuner)), diag_(diag) {}

  std::vector<tune::Timing> time(std::span<const tune::Trial> trials,
                                 const tune::Effort& effort) override {
    if (trials.empty()) return {};
    auto timings = tuner_->time(trials, effort);
    calls_.push_back({hash_of(trials, effort), pack_timings(timings)});
    return timings;
  }
  [[nodiscard]] Status lost() const noexcept override { return tuner_->lost(); }
  [[nodiscard]] const device::Target& target() const noexcept override { return tuner_->target(); }

  Status finish() override {
    TENON_TRY(tuner_->finish());
    ByteWriter writer;
    writer.raw(std::as_bytes(std::span(kMagic)));
    writer.put(kFormat);
    const Bytes welcome = pack(Welcome{version_, tuner_->target()});
    writer.put(static_cast<uint32_t>(welcome.size()));
    writer.raw(welcome);
    writer.put(static_cast<uint32_t>(calls_.size()));
    for (const Call& call : calls_) {
      writer.put(call.request);
      writer.put(static_cast<uint32_t>(call.timings.size()));
      writer.raw(call.timings);
    }
    writer.put(hash64(writer.bytes()));
    TENON_TRY(write_file(path_, writer.bytes(), diag_));
    diag_.info("remote tuning: recorded in {}: replay://{} plays it", path_, path_);
    return {};
  }

 private:
  std::string path_, version_;
  std::unique_ptr<Tuner> tuner_;
  Diagnostics& diag_;
  std::vector<Call> calls_;
};

class Player final : public Tuner {
 public:
  Player(std::string path, Diagnostics& diag) : path_(std::move(path)), diag_(diag) {}

  Status read(std::span<const std::byte> bytes, std::string_view version) {
    ByteReader reader(bytes.first(bytes.size() - std::min(bytes.size(), sizeof(uint64_t))));
    const auto magic = reader.raw(kMagic.size());
    const uint64_t checksum =
        ByteReader(bytes.last(std::min(bytes.size(), sizeof(uint64_t)))).take<uint64_t>();
    const bool whole = reader.ok() && hash64(magic) == hash64(kMagic) &&
                       hash64(bytes.first(bytes.size() - sizeof(uint64_t))) == checksum;
    if (!whole) return refuse("it is no whole recording");
    if (reader.take<uint32_t>() != kFormat) return refuse("it is of another format");
    const auto size = reader.take<uint32_t>();
    auto welcome = read_welcome(reader.raw(size));
    if (!welcome) return refuse("it names no machine");
    if (welcome->version != version) {
      return refuse(fmt::format("it was made by Tenon {}, this is {}", welcome->version, version));
    }
    target_ = std::move(welcome->target);
    const auto count = reader.take<uint32_t>();
    for (uint32_t i = 0; i < count && reader.ok(); ++i) {
      Call& call = calls_.emplace_back();
      call.request = reader.take<uint64_t>();
      const auto length = reader.take<uint32_t>();
      const auto timings = reader.raw(length);
      call.timings.assign(timings.begin(), timings.end());
    }
    return reader.ok() && reader.at_end() ? Status{} : refuse("it is damaged");
  }

  std::vector<tune::Timing> time(std::span<const tune::Trial> trials,
                                 const tune::Effort& effort) override {
    if (trials.empty()) return {};
    const std::string& node = trials[0].name;
    if (lost_.ok() && next_ == calls_.size()) {
      lost_ = refuse(fmt::format("it ends before node \"{}\"", node));
    }
    if (lost_.ok() && calls_[next_].request != hash_of(trials, effort)) {
      lost_ = refuse(fmt::format(
          "at node \"{}\" (request {}) other kernels are asked for than were recorded: the model, "
          "the configuration or the plugins are not those of the recording",
          node, next_));
    }
    if (lost_.ok()) {
      auto timings = read_timings(calls_[next_++].timings, trials.size());
      if (timings) return *std::move(timings);
      lost_ = refuse("its times make no sense");
    }
    std::vector<tune::Timing> none(trials.size());
    for (tune::Timing& timing : none) {
      timing.status = lost_;
      timing.reason = "the recording has no time for it";
    }
    return none;
  }
  [[nodiscard]] Status lost() const noexcept override { return lost_; }
  [[nodiscard]] const device::Target& target() const noexcept override { return target_; }
  Status finish() override {
    diag_.info("remote tuning: {} of {} requests played from {}", next_, calls_.size(), path_);
    return {};
  }

 private:
  Status refuse(std::string_view why) {
    return diag_.fail(Code::InvalidArgument,
                      "the recorded tuning session {} is refused: {}; record it anew", path_, why);
  }

  std::string path_;
  Diagnostics& diag_;
  device::Target target_;
  std::vector<Call> calls_;
  size_t next_ = 0;
  Status lost_;
};

}  // namespace

std::unique_ptr<Tuner> record_into(std::string path, std::string_view version,
                                   std::unique_ptr<Tuner> tuner, Diagnostics& diag) {
  return std::make_unique<Recorder>(std::move(path), version, std::move(tuner), diag);
}

Result<std::unique_ptr<Tuner>> open_recording(const std::string& path, std::string_view version,
                                              Diagnostics& diag) {
  TENON_ASSIGN(const MappedFile file, MappedFile::open(path, diag));
  auto player = std::make_unique<Player>(path, diag);
  TENON_TRY(player->read(file.bytes(), version));
  return std::unique_ptr<Tuner>(std::move(player));
}

}  // namespace tenon::remote
