// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The outside of an engine file: header, table of sections, limits. All numbers little-endian.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace tenon::plan {

static_assert(std::endian::native == std::endian::little, "engine files are read in place");

/// Begins as PNG does: a byte with the top bit set, the name, CR LF, end-of-file, LF. So a transfer
/// that strips bits or converts line ends is noticed at once.
inline constexpr uint8_t kMagic[8] = {0x89, 'T', 'N', 'E', '\r', '\n', 0x1A, '\n'};

/// Raised whenever a reader of before must not read on. Readers refuse any other number.
inline constexpr uint32_t kFormatVersion = 3;

/// The sections, in the order they stand in the table and in the file: enumerator, name for people.
/// Program: FlatBuffers, program.fbs. Constants and Kernels hold weights: 64-byte aligned items
/// used in place. Params: kernels' parameters and plugins' fields. Libraries: see LibraryRow. Aot
/// is reserved and empty. Refit: see RefitHead; empty when weights cannot be replaced. Record: JSON
/// about the build; empty when stripped. Network: what a safe engine was built from, for the
/// consistency checker alone (builder/refit.h); standard engines have none.
#define TENON_SECTIONS(X)   \
  X(Program, "program")     \
  X(Constants, "constants") \
  X(Kernels, "kernels")     \
  X(Params, "params")       \
  X(Libraries, "libraries") \
  X(Aot, "aot")             \
  X(Refit, "refit")         \
  X(Record, "record")       \
  X(Network, "network")

enum class Section : uint32_t {
#define TENON_ROW(name, text) name,
  TENON_SECTIONS(TENON_ROW)
#undef TENON_ROW
};

inline constexpr size_t kSectionCount = 0
#define TENON_ROW(name, text) +1
    TENON_SECTIONS(TENON_ROW)
#undef TENON_ROW
    ;

/// First 64 bytes.
struct Header {
  uint8_t magic[8];
  uint32_t version;
  uint32_t flags;          ///< kStripped or 0
  uint64_t file_bytes;     ///< of the whole file
  uint32_t section_count;  ///< kSectionCount
  uint32_t reserved[7];    ///< 0
  uint64_t checksum;       ///< of what stands before it, and of the table
};
static_assert(sizeof(Header) == 64 && offsetof(Header, checksum) == 56);

/// Header::flags: constants and kernels were left out; RefitHead tells how large they were.
inline constexpr uint32_t kStripped = 1;

/// One row of the table that follows the header. Sections begin at multiples of 64 in rising order;
/// bytes between them are 0.
struct SectionEntry {
  uint32_t section;  ///< its number: row i is section i
  uint32_t reserved;
  uint64_t offset;  ///< from the start of the file
  uint64_t size;
  uint64_t checksum;  ///< XXH3-64 of its bytes
};
static_assert(sizeof(SectionEntry) == 32);

/// The libraries section is empty, or holds their number (64 bits, not 0), a row for each, their
/// names, each followed by a zero byte, and their bytes; nothing between and nothing behind.
struct LibraryRow {
  uint64_t bytes;      ///< of the file inside the engine; 0 when only the digest is kept
  uint64_t digest[2];  ///< of the file
  uint32_t name_size;  ///< without its zero byte
  uint32_t reserved;   ///< 0
};
static_assert(sizeof(LibraryRow) == 32);

/// How a refit section begins; then comes what the builder needs to make the weights anew
/// (builder/refit.h).
struct RefitHead {
  uint64_t constants_bytes;  ///< of the sections that hold weights, before they were left out
  uint64_t kernels_bytes;
};
static_assert(sizeof(RefitHead) == 16);

inline constexpr size_t kSectionAlignment = 64;
inline constexpr size_t kTableEnd = sizeof(Header) + kSectionCount * sizeof(SectionEntry);

/// Step::flags: kernel::Flag::Allocates.
inline constexpr uint32_t kAllocates = 2;

/// Families of kernels that a safe engine may hold: ours, and safe plugins.
inline constexpr const char* kSafeFamilies[] = {"simd", "plugin.safe"};

/// What a program may hold at most. Generous for real models, small enough that a hostile file
/// cannot keep a reader busy.
inline constexpr uint32_t kMaxTensors = 1U << 22;
inline constexpr uint32_t kMaxSteps = 1U << 21;
inline constexpr uint32_t kMaxSymbols = 1U << 16;
inline constexpr uint32_t kMaxIo = 1U << 12;
inline constexpr uint32_t kMaxProfiles = 1U << 10;
inline constexpr uint32_t kMaxPorts = 1U << 16;  ///< inputs or outputs of one step
inline constexpr uint32_t kMaxLibraries = 1U << 10;
inline constexpr uint32_t kMaxLibraryName = 255;
inline constexpr int32_t kMaxThreads = 1 << 10;
inline constexpr uint32_t kMaxAuxStreams = 15;

}  // namespace tenon::plan
