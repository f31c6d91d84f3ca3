// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running, comparing, and searching for the bytes that matter.
#include "guard/examiner.h"

#include <fmt/core.h>

#include "guard/allocation_watch.h"

namespace tenon::guard {

bool Examiner::say(const std::string& sentence) {
  if (!finding_.empty()) finding_ += "; ";
  finding_ += sentence;
  return false;
}

bool Examiner::pass(kernel::Instance& instance, const Paint& paint, Snapshot& out) {
  stage_.set(paint);
  {
    const LastWords words(words_.c_str());
    const kernel::RunArgs args = stage_.args(stream_);
    {
      const AllocationWatch watch;
      status_ = instance.run(args);
      allocations_ = watch.count();
      allocated_ = watch.bytes();
    }
    if (!status_.ok()) {
      const std::string_view said = instance.last_error();
      say(std::string(said.empty() ? to_string(status_.code) : said));
    } else if (status_ = stream_.wait(); !status_.ok()) {
      say(fmt::format("what it put on the stream failed: {}", status_.what));
    }
  }
  for (const std::string& sentence : stage_.inspect(paint)) say(sentence);
  if (!finding_.empty()) return false;
  stage_.outputs(out);
  return true;
}

bool Examiner::same(const Snapshot& a, const Snapshot& b, std::string_view what) {
  const auto difference = stage_.compare(a, b);
  if (!difference) return true;
  const size_t i = difference->output;
  const kernel::TensorDesc& desc = stage_.args(stream_).output_descs[i];
  const std::string was = Stage::value(desc, a[i], difference->byte);
  const std::string is = Stage::value(desc, b[i], difference->byte);
  const std::string values = was.empty() ? "" : fmt::format(" is {}, then {}", was, is);
  return say(fmt::format("{}: {}{}", what, stage_.locate(*difference), values));
}

bool Examiner::examine() {
  AllocationWatch::enable();
  if (!pass(instance_, {}, result_) || !pass(instance_, {}, now_)) return false;
  if (allocations_ > 0) {
    warnings_.push_back(
        fmt::format("allocates in its run: {} times, {} bytes, also when nothing changed since the "
                    "run before",
                    allocations_, allocated_));
  }
  if (!same(result_, now_, "gives another result when it runs again on the same inputs")) {
    return false;
  }
  if (!pass(instance_, {.second = true}, second_)) return false;
  if (const auto difference = stage_.compare(result_, second_)) {
    return explain_dependence(*difference);
  }
  const std::string unwritten = stage_.unwritten(result_, second_);
  return unwritten.empty() || say(unwritten);
}

bool Examiner::depends(size_t region, size_t prefix, bool& answer) {
  if (!pass(instance_, {.region = region, .prefix = prefix}, now_)) return false;
  answer = stage_.compare(result_, now_).has_value();
  return true;
}

bool Examiner::explain_dependence(const Difference& difference) {
  for (size_t region = 0; region < stage_.regions().size(); ++region) {
    bool guilty = false;
    const size_t size = stage_.regions()[region].bytes.size();
    if (size == 0) continue;
    if (!depends(region, size, guilty)) return false;
    if (guilty) return blame(region, difference);
  }
  return say(fmt::format("gives results that change from run to run on the same inputs: {}",
                         stage_.locate(difference)));
}

/// Halves the painted bytes until one is left: the first that changes the result.
bool Examiner::blame(size_t region, const Difference& difference) {
  size_t innocent = 0, guilty = stage_.regions()[region].bytes.size();
  while (guilty - innocent > 1) {
    const size_t middle = innocent + (guilty - innocent) / 2;
    bool answer = false;
    if (!depends(region, middle, answer)) return false;
    (answer ? guilty : innocent) = middle;
  }
  if (!pass(instance_, {}, now_)) return false;
  if (!same(result_, now_, "gives another result when it runs again on the same inputs")) {
    return false;
  }
  const Region& found = stage_.regions()[region];
  GuardedMemory& memory = *stage_.place(found.place).memory;
  const ptrdiff_t byte = &found.bytes[guilty - 1] - memory.data();
  return say(fmt::format("{}; it changes {}", sentence(found, byte), stage_.locate(difference)));
}

std::string Examiner::sentence(const Region& region, ptrdiff_t byte) const {
  Place& place = stage_.place(region.place);
  const std::string at = Stage::position(place, byte);
  switch (region.where) {
    case Region::Where::Before:
      return fmt::format("reads before the beginning of {}: at {}", place.what, at);
    case Region::Where::After:
      return fmt::format("reads past the end of {}: at {}, but it has {} bytes", place.what, at,
                         place.memory->size());
    case Region::Where::Content:
      break;
  }
  return fmt::format("reads {} before it writes there: at {}", place.what, at);
}

std::unique_ptr<kernel::Instance> Examiner::make_clone(
    kernel::Loaded& loaded, const kernel::ContextResources& resources,
    std::span<const kernel::TensorDesc> inputs, std::span<const kernel::TensorDesc> outputs) {
  auto clone = loaded.create_instance(resources);
  if (!clone.ok() || *clone == nullptr) {
    say("cannot be cloned once it has run");
    return nullptr;
  }
  if (!(*clone)->on_shapes(inputs, outputs).ok()) {
    say(fmt::format("a clone of it refuses the shapes that it took: {}", (*clone)->last_error()));
    return nullptr;
  }
  return std::move(*clone);
}

bool Examiner::examine_clones(kernel::Loaded& loaded, const kernel::ContextResources& resources,
                              std::span<const kernel::TensorDesc> inputs,
                              std::span<const kernel::TensorDesc> outputs) {
  const auto alike = make_clone(loaded, resources, inputs, outputs);
  if (alike == nullptr || !pass(*alike, {}, now_)) return false;
  if (!same(result_, now_, "a clone of it, made after it ran, gives another result")) return false;
  const auto other = make_clone(loaded, resources, inputs, outputs);
  if (other == nullptr) return false;
  stage_.vary_inputs(true);
  const bool ran = pass(*other, {}, now_);
  stage_.vary_inputs(false);
  if (!ran || !pass(instance_, {}, now_)) return false;
  return same(
      result_, now_,
      "keeps state in common with its clones: its result changes once a clone of it has run "
      "on other inputs");
}

bool Examiner::examine_twin(kernel::Instance& twin) {
  if (!pass(twin, {}, now_)) return false;
  return same(result_, now_,
              "loses something when it is serialized: the object made from what it wrote gives "
              "another result");
}

}  // namespace tenon::guard
