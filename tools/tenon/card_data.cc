// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// idx, npz and PGM.
#include "tools/tenon/card_data.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

namespace tenon::command {

namespace {

namespace fs = std::filesystem;

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw std::runtime_error(path.string() + " " + why);
}

/// The bytes of an idx file and how many entries its first axis has.
struct Idx {
  size_t count = 0;
  std::string bytes;
};

Idx read_idx(const fs::path& path, int rank) {
  const std::string raw = read_all(path);
  const size_t header = 4 + 4 * static_cast<size_t>(rank);
  if (raw.size() < header || raw[0] != 0 || raw[1] != 0 || raw[2] != 8 || raw[3] != rank) {
    refuse(path, "is no idx file of bytes with " + std::to_string(rank) +
                     (rank == 1 ? " axis" : " axes") + " (compressed ones are not read)");
  }
  size_t volume = 1, count = 0;
  for (int axis = 0; axis < rank; ++axis) {
    size_t extent = 0;
    for (int i = 0; i < 4; ++i) {
      extent = extent * 256 + static_cast<uint8_t>(
                                  raw[4 + 4 * static_cast<size_t>(axis) + static_cast<size_t>(i)]);
    }
    if (axis == 0) count = extent;
    volume *= extent;
  }
  if (raw.size() - header != volume) refuse(path, "is cut short");
  return {count, raw.substr(header)};
}

Examples read_pair(const fs::path& images, const fs::path& labels) {
  const Idx pictures = read_idx(images, 3), names = read_idx(labels, 1);
  if (pictures.count != names.count) {
    refuse(images, "and " + labels.filename().string() + " do not count alike");
  }
  Examples examples;
  examples.what = images.filename().string();
  examples.count = pictures.count;
  for (const char byte : pictures.bytes) {
    examples.numbers.push_back(static_cast<float>(static_cast<uint8_t>(byte)) / 255.0F);
  }
  for (const char byte : names.bytes) examples.labels.push_back(static_cast<uint8_t>(byte));
  return examples;
}

uint64_t little(const std::string& raw, size_t at, size_t bytes) {
  if (at + bytes > raw.size()) throw std::runtime_error("an .npz archive is cut short");
  uint64_t value = 0;
  for (size_t i = bytes; i-- > 0;) value = value * 256 + static_cast<uint8_t>(raw[at + i]);
  return value;
}

/// The size of a stored member; archives of np.savez keep it in the 64-bit extra field.
uint64_t stored_size(const std::string& raw, size_t at, size_t name, size_t extra) {
  constexpr uint64_t kElsewhere = 0xffffffff;
  const uint64_t size = little(raw, at + 18, 4);
  if (size != kElsewhere) return size;
  const size_t begin = at + 30 + name;
  for (size_t i = begin; i + 4 <= begin + extra; i += 4 + little(raw, i + 2, 2)) {
    if (little(raw, i, 2) == 1) return little(raw, i + 12, 8);
  }
  throw std::runtime_error("an .npz archive does not say how long a member is");
}

/// Members of a zip archive that holds them as they are.
std::map<std::string, std::string> read_zip(const fs::path& path) {
  const std::string raw = read_all(path);
  std::map<std::string, std::string> members;
  for (size_t at = 0; raw.compare(at, 4, "PK\x03\x04") == 0;) {
    const size_t name = little(raw, at + 26, 2), extra = little(raw, at + 28, 2);
    if (little(raw, at + 8, 2) != 0) {
      refuse(path, "is compressed: write it with np.savez, not np.savez_compressed");
    }
    const uint64_t size = stored_size(raw, at, name, extra);
    const size_t data = at + 30 + name + extra;
    if (data > raw.size() || size > raw.size() - data) refuse(path, "is cut short");
    members[raw.substr(at + 30, name)] = raw.substr(data, size);
    at = data + size;
  }
  return members;
}

struct Array {
  std::string type;
  size_t count = 0;  ///< of entries of the first axis
  std::string bytes;
};

Array read_npy(const fs::path& path, const std::string& name, const std::string& raw) {
  const auto broken = [&] { refuse(path, "holds '" + name + "', which is no array in C order"); };
  if (raw.size() < 12 || raw.compare(1, 5, "NUMPY") != 0) broken();
  const size_t length = raw[6] == 1 ? little(raw, 8, 2) : little(raw, 8, 4);
  const size_t begin = raw[6] == 1 ? 10 : 12;
  if (begin + length > raw.size()) broken();
  const std::string header = raw.substr(begin, length);
  const size_t descr = header.find("'descr': '"), shape = header.find("'shape': (");
  if (descr == header.npos || shape == header.npos ||
      header.find("'fortran_order': False") == header.npos) {
    broken();
  }
  const size_t type = descr + 10;
  return {header.substr(type, header.find('\'', type) - type),
          std::strtoull(header.c_str() + shape + 10, nullptr, 10), raw.substr(begin + length)};
}

template <class From, class To>
void append(const std::string& bytes, std::vector<To>& to) {
  for (size_t at = 0; at + sizeof(From) <= bytes.size(); at += sizeof(From)) {
    From value;
    std::memcpy(&value, bytes.data() + at, sizeof(From));
    to.push_back(static_cast<To>(value));
  }
}

template <class To>
void widen(const fs::path& path, const std::string& name, const Array& array, std::vector<To>& to) {
  if (array.type == "<f4") return append<float>(array.bytes, to);
  if (array.type == "|u1") return append<uint8_t>(array.bytes, to);
  if (array.type == "<i4") return append<int32_t>(array.bytes, to);
  if (array.type == "<i8") return append<int64_t>(array.bytes, to);
  refuse(path, "holds '" + name + "' of type " + array.type +
                   ": float32, uint8, int32 and int64 are read");
}

Examples read_npz(const fs::path& path) {
  Examples examples;
  examples.what = path.filename().string();
  for (const auto& [member, raw] : read_zip(path)) {
    const std::string name = member.substr(0, member.rfind(".npy"));
    const Array array = read_npy(path, name, raw);
    if (name == "labels") {
      widen(path, name, array, examples.labels);
      continue;
    }
    if (examples.count != 0) refuse(path, "holds more than one array besides 'labels'");
    examples.count = array.count;
    widen(path, name, array, examples.numbers);
  }
  if (examples.count == 0) refuse(path, "holds no examples");
  if (!examples.labels.empty() && examples.labels.size() != examples.count) {
    refuse(path, "has another number of labels than of examples");
  }
  return examples;
}

Examples read_pictures(const std::vector<fs::path>& paths) {
  Examples examples;
  examples.what = std::to_string(paths.size()) + " pictures in PGM";
  size_t volume = 0;
  for (const fs::path& path : paths) {
    const std::string raw = read_all(path);
    const size_t end = raw.find("\n255\n");
    if (raw.compare(0, 2, "P5") != 0 || end == raw.npos) refuse(path, "is no binary PGM of bytes");
    const std::string pixels = raw.substr(end + 5);
    if (volume == 0) volume = pixels.size();
    if (pixels.size() != volume) refuse(path, "has another size than the pictures before it");
    for (const char byte : pixels) {
      examples.numbers.push_back(static_cast<float>(255 - static_cast<uint8_t>(byte)) / 255.0F);
    }
    const std::string name = path.stem().string();
    if (!std::isdigit(static_cast<unsigned char>(name[0]))) {
      refuse(path, "has a name that does not begin with its label");
    }
    examples.labels.push_back(std::strtoll(name.c_str(), nullptr, 10));
  }
  examples.count = paths.size();
  return examples;
}

}  // namespace

Examples read_examples(const std::string& folder) {
  if (!fs::is_directory(folder)) throw std::runtime_error(folder + " is no folder");
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  // "t10k-…" stands before "train-…" already.
  for (const fs::path& images : paths) {
    const std::string name = images.filename().string();
    const size_t at = name.find("-images");
    if (at == name.npos || name.find("idx3") == name.npos) continue;
    for (const fs::path& labels : paths) {
      const std::string other = labels.filename().string();
      if (other.starts_with(name.substr(0, at) + "-labels")) return read_pair(images, labels);
    }
    refuse(images, "has no labels beside it");
  }
  std::vector<fs::path> pictures;
  for (const fs::path& path : paths) {
    if (path.extension() == ".npz") return read_npz(path);
    if (path.extension() == ".pgm") pictures.push_back(path);
  }
  if (!pictures.empty()) return read_pictures(pictures);
  throw std::runtime_error(folder +
                           " holds no examples: wanted are an idx pair (…-images…idx3…, "
                           "…-labels…idx1…), one .npz of np.savez, or .pgm pictures whose names "
                           "begin with their label");
}

}  // namespace tenon::command
