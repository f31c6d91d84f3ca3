// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The outside of an engine file: is it one, is it whole, is it undamaged.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/hash.h"
#include "plan/checksum.h"
#include "plan/refusal.h"
#include "plan/view.h"

namespace tenon::plan {

namespace {

/// What other files begin with.
struct Lookalike {
  std::string_view begin;
  const char* refusal;
};
using namespace std::string_view_literals;
constexpr Lookalike kLookalikes[] = {
    {"\x89TNE\n"sv,
     "not an engine file any more: its line ends were converted (CR LF became LF); transfer it in "
     "binary mode"},
    {"\x89TNE\r\r"sv,
     "not an engine file any more: its line ends were converted (LF became CR LF); transfer it in "
     "binary mode"},
    {"\x89TNE\r\n\x1A\r"sv,
     "not an engine file any more: its line ends were converted (LF became CR LF); transfer it in "
     "binary mode"},
    {"\tTNE"sv,
     "not an engine file any more: the top bit of its bytes was stripped; transfer it "
     "in binary mode"},
    {"\xC2\x89TNE"sv, "not an engine file any more: it was read as text and written as UTF-8"},
    {"\xEF\xBF\xBDTNE"sv,
     "not an engine file any more: it was read as text, which loses bytes; build it anew"},
    {"ftrt"sv, "not an engine file of Tenon: it looks like one of TensorRT; build from the model"},
    {"ptrt"sv, "not an engine file of Tenon: it looks like one of TensorRT; build from the model"},
    {"PK\x03\x04"sv, "not an engine file: it looks like a zip archive"},
    {"\x1F\x8B"sv, "not an engine file: it looks compressed by gzip; unpack it first"},
    {"version https://git-lfs"sv,
     "not an engine file: it is a Git LFS pointer to one; fetch the file itself"},
};

/// A ModelProto: field 1 (ir_version, a small varint), then field 2, 3, 7 or 8.
bool looks_like_onnx(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < 3 || bytes[0] != std::byte{0x08} || bytes[1] > std::byte{0x20}) return false;
  for (const uint8_t tag : {0x12, 0x1A, 0x3A, 0x42}) {
    if (bytes[2] == std::byte{tag}) return true;
  }
  return false;
}

Status check_magic(std::span<const std::byte> bytes) noexcept {
  if (bytes.empty()) return bad("the engine file is empty");
  const size_t shown = std::min(bytes.size(), sizeof(kMagic));
  if (std::memcmp(bytes.data(), kMagic, shown) == 0) {
    return shown == sizeof(kMagic) ? Status{} : bad("the engine file is cut off within its magic");
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Lookalike& other : kLookalikes) {
    if (text.starts_with(other.begin)) return bad(other.refusal);
  }
  if (looks_like_onnx(bytes)) {
    return bad("not an engine file: it looks like an ONNX model; build an engine from it first");
  }
  return bad("not an engine file: its first bytes are not those of one");
}

Status check_header(std::span<const std::byte> bytes, bool may_be_stripped) noexcept {
  if (bytes.size() < sizeof(Header)) return bad("the engine file is cut off within its header");
  Header header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.version > kFormatVersion) {
    return {Code::Unsupported,
            "the engine file is of a newer format than this runtime reads: use a newer runtime, or "
            "build the engine with this version"};
  }
  if (header.version == 0) return bad("the engine file names no known format version");
  if (header.version != kFormatVersion) {
    return {Code::Unsupported,
            "the engine file is of an older format than this runtime reads: build the engine with "
            "this version"};
  }
  if (bytes.size() < kTableEnd) return bad("the engine file is cut off within its section table");
  if (header.checksum != header_checksum(bytes)) {
    return bad("the engine file is damaged: the checksum of its header does not match");
  }
  if (header.section_count != kSectionCount) return bad("the section table has another length");
  if ((header.flags & ~kStripped) != 0) return bad("the header has unknown flags");
  if (header.flags != 0 && !may_be_stripped) {
    return {Code::Unsupported,
            "the engine file has no weights: it was stripped of them; load it with a runtime and "
            "refit it"};
  }
  for (const uint32_t reserved : header.reserved) {
    if (reserved != 0) return bad("the header has bytes where none may be");
  }
  if (header.file_bytes > bytes.size()) return bad("the engine file is cut off");
  if (header.file_bytes < bytes.size()) return bad("the engine file has bytes after its end");
  return {};
}

bool all_zero(std::span<const std::byte> bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

constexpr bool holds_weights(Section section) noexcept {
  return section == Section::Constants || section == Section::Kernels;
}

Status check_sum(Section section, std::span<const std::byte> bytes, uint64_t expected) noexcept {
  if (hash64(bytes) == expected) return {};
  switch (section) {
#define TENON_ROW(name, text) \
  case Section::name:         \
    return bad("the engine file is damaged: the checksum of section '" text "' does not match");
    TENON_SECTIONS(TENON_ROW)
#undef TENON_ROW
  }
  return bad("the engine file is damaged");
}

SectionEntry entry_of(std::span<const std::byte> file, size_t section) noexcept {
  SectionEntry entry;
  std::memcpy(&entry, file.data() + sizeof(Header) + section * sizeof(entry), sizeof(entry));
  return entry;
}

}  // namespace

bool begins_stripped(std::span<const std::byte> bytes) noexcept {
  Header header;
  if (bytes.size() < sizeof(header)) return false;
  std::memcpy(&header, bytes.data(), sizeof(header));
  return std::memcmp(header.magic, kMagic, sizeof(kMagic)) == 0 &&
         header.version == kFormatVersion && (header.flags & kStripped) != 0;
}

Status View::frame(std::span<const std::byte> bytes, const OpenOptions& options,
                   View& out) noexcept {
  TENON_TRY(check_magic(bytes));
  TENON_TRY(check_header(bytes, options.frame_only));
  const size_t alignment = options.inspect_only ? 8 : kSectionAlignment;
  if (reinterpret_cast<uintptr_t>(bytes.data()) % alignment != 0) {
    return {Code::InvalidArgument, "the memory of the engine file is not aligned: copy it first"};
  }
  out.bytes_ = bytes;
  uint64_t end = kTableEnd;
  for (size_t i = 0; i < kSectionCount; ++i) {
    const SectionEntry entry = entry_of(bytes, i);
    if (entry.section != i || entry.reserved != 0) return bad("the section table is out of order");
    if (entry.offset > bytes.size() || entry.size > bytes.size() - entry.offset) {
      return bad("a section reaches beyond the end of the engine file");
    }
    if (entry.offset % kSectionAlignment != 0) return bad("a section is not aligned");
    if (entry.offset < end) return bad("sections of the engine file overlap");
    if (entry.offset - end >= kSectionAlignment ||
        !all_zero(bytes.subspan(end, entry.offset - end))) {
      return bad("there are bytes between the sections of the engine file");
    }
    end = entry.offset + entry.size;
    const auto section = static_cast<Section>(i);
    out.sections_[i] = bytes.subspan(entry.offset, entry.size);
    if (holds_weights(section) && !options.verify_weights) continue;
    TENON_TRY(check_sum(section, out.sections_[i], entry.checksum));
  }
  if (end != bytes.size()) return bad("there are bytes after the sections of the engine file");
  if (!out.section(Section::Aot).empty()) return bad("a section that is reserved is not empty");
  const size_t refit = out.section(Section::Refit).size();
  if (refit != 0 && refit < sizeof(RefitHead)) return bad("section 'refit' is cut off");
  return {};
}

Status View::verify_weights() const noexcept {
  for (const Section section : {Section::Constants, Section::Kernels}) {
    const SectionEntry entry = entry_of(bytes_, static_cast<size_t>(section));
    TENON_TRY(check_sum(section, this->section(section), entry.checksum));
  }
  return {};
}

}  // namespace tenon::plan
