// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Painting and inspecting.
#include "guard/stage.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace tenon::guard {

namespace {

using kernel::TensorDesc;
using Role = Place::Role;
using Where = Region::Where;

// As floats: not a number, then a large number; as integers: -1, then a large one. In outputs small
// floats, to which something may be added so that it shows.
constexpr std::byte kFirst{0xFF}, kSecond{0x6E};
constexpr std::byte kFirstOfOutput{0x3F}, kSecondOfOutput{0xBE};

struct Pair {
  std::byte first, second;
};
Pair paints(Role role, Where where) noexcept {
  const bool content = role == Role::Output && where == Where::Content;
  return content ? Pair{kFirstOfOutput, kSecondOfOutput} : Pair{kFirst, kSecond};
}

/// How many bytes of a region have the second paint.
size_t second_bytes(const Paint& paint, size_t number, const Region& region) noexcept {
  if (paint.second) return region.bytes.size();
  return paint.region == number ? std::min(paint.prefix, region.bytes.size()) : 0;
}

bool unwritten_byte(std::byte first, std::byte second) noexcept {
  return first == kFirstOfOutput && second == kSecondOfOutput;
}

/// A loop without branches: nearly always the answer is 0.
size_t unwritten_bytes(std::span<const std::byte> first,
                       std::span<const std::byte> second) noexcept {
  size_t count = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    count += static_cast<size_t>(first[i] == kFirstOfOutput) &
             static_cast<size_t>(second[i] == kSecondOfOutput);
  }
  return count;
}

std::string quoted(const std::vector<std::string>& names, size_t index) {
  return index < names.size() ? fmt::format(" \"{}\"", names[index]) : "";
}

/// The bytes of floats in reverse order of elements.
void turn_around(std::span<std::byte> bytes, DType dtype) noexcept {
  const size_t width = byte_size(dtype, 1), count = bytes.size() / width;
  for (size_t i = 0; i < count / 2; ++i) {
    std::swap_ranges(bytes.begin() + static_cast<ptrdiff_t>(i * width),
                     bytes.begin() + static_cast<ptrdiff_t>((i + 1) * width),
                     bytes.begin() + static_cast<ptrdiff_t>((count - 1 - i) * width));
  }
  if (dtype != DType::F32) return;
  for (size_t i = 0; i < count; ++i) {
    float number = 0;
    std::memcpy(&number, &bytes[i * width], width);
    number /= 2;
    std::memcpy(&bytes[i * width], &number, width);
  }
}

template <class T>
std::string number_at(std::span<const std::byte> bytes, size_t at) {
  T number{};
  std::memcpy(&number, &bytes[at], sizeof number);
  return fmt::format("{}", number);
}

}  // namespace

Stage::Stage(const Subject& subject, std::span<const TensorDesc> inputs,
             std::span<const TensorDesc> outputs, size_t workspace)
    : subject_(&subject),
      inputs_(inputs.size()),
      outputs_(outputs.size()),
      input_descs_(inputs.begin(), inputs.end()),
      output_descs_(outputs.begin(), outputs.end()) {
  const auto bytes = [](const TensorDesc& desc) {
    return desc.absent() ? 0 : static_cast<size_t>(desc.bytes());
  };
  for (size_t i = 0; i < inputs_; ++i) {
    add(Role::Input, i, fmt::format("input {}{}", i, quoted(subject.inputs, i)), inputs[i],
        bytes(inputs[i]));
  }
  for (size_t i = 0; i < outputs_; ++i) {
    add(Role::Output, i, fmt::format("output {}{}", i, quoted(subject.outputs, i)), outputs[i],
        bytes(outputs[i]));
    mark_elements(outputs[i]);
  }
  add(Role::Workspace, 0, "the workspace", {}, workspace);
  list_regions();
}

void Stage::add(Role role, size_t index, const std::string& name, const TensorDesc& desc,
                size_t bytes) {
  Place& place = places_.emplace_back();
  place.role = role;
  place.index = index;
  place.what = name;
  place.desc = desc;
  if (role != Role::Workspace && desc.absent()) return;
  place.memory = std::make_unique<GuardedMemory>(bytes);
  ok_ = ok_ && place.memory->ok();
}

void Stage::list_regions() {
  for (size_t i = 0; ok_ && i < places_.size(); ++i) {
    GuardedMemory* memory = places_[i].memory.get();
    if (memory == nullptr) continue;
    regions_.push_back({i, Where::After, memory->back()});
    regions_.push_back({i, Where::Before, memory->front()});
    if (places_[i].role != Role::Input) regions_.push_back({i, Where::Content, memory->bytes()});
  }
}

/// Padding between elements may hold anything.
void Stage::mark_elements(const TensorDesc& desc) {
  std::vector<uint8_t>& marks = elements_.emplace_back();
  if (desc.absent() || kernel::storage_elements(desc.layout, desc.dims) == desc.elements()) return;
  marks.assign(static_cast<size_t>(desc.bytes()), 0);
  const size_t width = byte_size(desc.dtype, 1);
  Dims index = desc.dims;
  for (int axis = 0; axis < index.rank(); ++axis) index[axis] = 0;
  for (int64_t element = 0; element < desc.elements(); ++element) {
    const auto at = static_cast<size_t>(kernel::offset(desc.layout, desc.dims, index)) * width;
    std::fill_n(marks.begin() + static_cast<ptrdiff_t>(at), width, uint8_t{1});
    for (int axis = index.rank() - 1; axis >= 0 && ++index[axis] == desc.dims[axis]; --axis) {
      index[axis] = 0;
    }
  }
}

Place& Stage::output(size_t index) noexcept {
  const size_t input = index < over_.size() ? over_[index] : Paint::kNone;
  return places_[input != Paint::kNone ? input : inputs_ + index];
}

const Place& Stage::output(size_t index) const noexcept {
  return const_cast<Stage*>(this)->output(index);
}

void Stage::take(const kernel::RunArgs& args) {
  given_inputs_.assign(args.inputs, args.inputs + inputs_);
  given_outputs_.assign(args.outputs, args.outputs + outputs_);
  over_.assign(outputs_, Paint::kNone);
  for (size_t i = 0; i < outputs_; ++i) {
    for (size_t j = 0; j < inputs_; ++j) {
      const bool same = given_inputs_[j] != nullptr && given_inputs_[j] == given_outputs_[i];
      if (same && places_[j].memory != nullptr && places_[j].memory->size() > 0) over_[i] = j;
    }
  }
}

void Stage::load_input(Place& place) noexcept {
  const std::span<std::byte> bytes = place.memory->bytes();
  if (bytes.empty() || given_inputs_[place.index] == nullptr) return;
  std::memcpy(bytes.data(), given_inputs_[place.index], bytes.size());
  if (other_ && is_floating(place.desc.dtype)) turn_around(bytes, place.desc.dtype);
}

void Stage::set(const Paint& paint) {
  for (size_t i = 0; i < regions_.size(); ++i) {
    const Region& region = regions_[i];
    const Pair pair = paints(places_[region.place].role, region.where);
    const size_t second = second_bytes(paint, i, region);
    std::fill(region.bytes.begin(), region.bytes.begin() + static_cast<ptrdiff_t>(second),
              pair.second);
    std::fill(region.bytes.begin() + static_cast<ptrdiff_t>(second), region.bytes.end(),
              pair.first);
  }
  for (Place& place : places_) {
    if (place.memory == nullptr) continue;
    if (place.role == Role::Input) load_input(place);
    (void)place.memory->before().raise();
    (void)place.memory->after().raise();
  }
}

kernel::RunArgs Stage::args(device::Stream& stream) noexcept {
  input_pointers_.assign(inputs_, nullptr);
  output_pointers_.assign(outputs_, nullptr);
  for (size_t i = 0; i < inputs_; ++i) {
    if (places_[i].memory != nullptr && given_inputs_[i] != nullptr) {
      input_pointers_[i] = places_[i].memory->data();
    }
  }
  for (size_t i = 0; i < outputs_; ++i) {
    if (output(i).memory != nullptr) output_pointers_[i] = output(i).memory->data();
  }
  return {.input_descs = input_descs_.data(),
          .output_descs = output_descs_.data(),
          .inputs = input_pointers_.data(),
          .outputs = output_pointers_.data(),
          .workspace = places_.back().memory->data(),
          .stream = &stream};
}

std::string Stage::position(const Place& place, ptrdiff_t byte) {
  const bool counts = place.role != Role::Workspace && place.desc.layout.is_linear() && byte >= 0;
  if (!counts) return fmt::format("byte {}", byte);
  const size_t element =
      static_cast<size_t>(byte) * 8 / static_cast<size_t>(bit_width(place.desc.dtype));
  return fmt::format("byte {} (element {})", byte, element);
}

/// What happened before or past the bytes of a place.
std::string Stage::around(Place& place, const Paint& paint) {
  GuardedMemory& memory = *place.memory;
  struct Span {
    ptrdiff_t low = PTRDIFF_MAX, high = PTRDIFF_MIN;
    void add(ptrdiff_t at) { low = std::min(low, at), high = std::max(high, at); }
  } before, after;
  for (size_t i = 0; i < regions_.size(); ++i) {
    const Region& region = regions_[i];
    if (&places_[region.place] != &place || region.where == Where::Content) continue;
    const size_t second = second_bytes(paint, i, region);
    for (size_t at = 0; at < region.bytes.size(); ++at) {
      if (region.bytes[at] == (at < second ? kSecond : kFirst)) continue;
      (region.where == Where::Before ? before : after).add(&region.bytes[at] - memory.data());
    }
  }
  std::string reads;
  if (const auto touched = memory.before().lower()) {
    const ptrdiff_t first = memory.offset_before(touched->first);
    if (touched->wrote) {
      before.add(memory.offset_before(touched->lowest_write));
      before.add(memory.offset_before(touched->highest_write));
    } else {
      reads = fmt::format("reads before the beginning of {}: at byte {}", place.what, first);
    }
  }
  if (const auto touched = memory.after().lower()) {
    const ptrdiff_t first = memory.offset_after(touched->first);
    if (touched->wrote) {
      after.add(memory.offset_after(touched->lowest_write));
      after.add(memory.offset_after(touched->highest_write));
    } else {
      reads = fmt::format("reads past the end of {}: at {}, but it has {} bytes", place.what,
                          position(place, first), memory.size());
    }
  }
  if (before.high != PTRDIFF_MIN) {
    return fmt::format("writes before the beginning of {}: at byte {} to {}", place.what,
                       before.low, before.high);
  }
  if (after.high != PTRDIFF_MIN) {
    return fmt::format("writes past the end of {}: at {} to byte {}, but it has {} bytes",
                       place.what, position(place, after.low), after.high, memory.size());
  }
  return reads;
}

/// Whether an input is as it was.
std::string Stage::inside(const Place& place) const {
  if (place.role != Role::Input || other_) return {};
  if (std::find(over_.begin(), over_.end(), place.index) != over_.end()) return {};
  const std::span<const std::byte> now = place.memory->bytes();
  const auto* before = static_cast<const std::byte*>(given_inputs_[place.index]);
  if (now.empty() || before == nullptr || std::memcmp(now.data(), before, now.size()) == 0)
    return {};
  const auto [changed, was] = std::mismatch(now.begin(), now.end(), before);
  return fmt::format("writes into {}, which it may only read: at {}", place.what,
                     position(place, changed - now.begin()));
}

std::vector<std::string> Stage::inspect(const Paint& paint) {
  std::vector<std::string> sentences;
  for (Place& place : places_) {
    if (place.memory == nullptr) continue;
    for (std::string& sentence : std::vector<std::string>{around(place, paint), inside(place)}) {
      if (!sentence.empty()) sentences.push_back(std::move(sentence));
    }
  }
  return sentences;
}

void Stage::outputs(Snapshot& into) {
  into.resize(outputs_);
  for (size_t i = 0; i < outputs_; ++i) {
    GuardedMemory* memory = output(i).memory.get();
    if (memory != nullptr) into[i].assign(memory->bytes().begin(), memory->bytes().end());
  }
}

void Stage::give(const Snapshot& results, const Snapshot& second) noexcept {
  for (size_t i = 0; i < outputs_; ++i) {
    auto* to = static_cast<std::byte*>(given_outputs_[i]);
    size_t size = results[i].size();
    if (subject_->is_open(i)) {
      while (size > 0 && unwritten_byte(results[i][size - 1], second[i][size - 1])) --size;
    }
    if (to == nullptr || size == 0) continue;
    if (elements_[i].empty()) {
      std::memcpy(to, results[i].data(), size);
      continue;
    }
    for (size_t at = 0; at < size; ++at) to[at] = real(i, at) ? results[i][at] : std::byte{0};
  }
}

std::optional<Difference> Stage::compare(const Snapshot& a, const Snapshot& b) const noexcept {
  for (size_t i = 0; i < outputs_; ++i) {
    if (a[i].empty() || std::memcmp(a[i].data(), b[i].data(), a[i].size()) == 0) continue;
    for (size_t at = 0; at < a[i].size(); ++at) {
      if (a[i][at] == b[i][at] || unwritten_byte(a[i][at], b[i][at])) continue;
      if (real(i, at)) return Difference{i, at};
    }
  }
  return std::nullopt;
}

std::string Stage::unwritten(const Snapshot& first, const Snapshot& second) const {
  for (size_t i = 0; i < outputs_; ++i) {
    if (subject_->is_open(i)) continue;
    if (unwritten_bytes(first[i], second[i]) == 0) continue;
    size_t count = 0, at = 0;
    for (size_t byte = 0; byte < first[i].size(); ++byte) {
      if (!unwritten_byte(first[i][byte], second[i][byte]) || !real(i, byte)) continue;
      if (count == 0) at = byte;
      ++count;
    }
    if (count == 0) continue;
    return fmt::format("leaves {} of the {} bytes of {} unwritten, the first at {}", count,
                       first[i].size(), places_[inputs_ + i].what,
                       position(places_[inputs_ + i], static_cast<ptrdiff_t>(at)));
  }
  return {};
}

std::string Stage::locate(const Difference& at) const {
  const Place& place = places_[inputs_ + at.output];
  return fmt::format("{}, {}", place.what, position(place, static_cast<ptrdiff_t>(at.byte)));
}

std::string Stage::value(const TensorDesc& desc, std::span<const std::byte> bytes, size_t byte) {
  const size_t width = byte_size(desc.dtype, 1), at = byte / width * width;
  switch (desc.dtype) {
    case DType::F32:
      return number_at<float>(bytes, at);
    case DType::F64:
      return number_at<double>(bytes, at);
    case DType::I32:
      return number_at<int32_t>(bytes, at);
    case DType::I64:
      return number_at<int64_t>(bytes, at);
    default:
      return {};
  }
}

}  // namespace tenon::guard
