// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is said of files that are no engine files, or no longer.
#include "plan/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>

#include "plan/checksum.h"
#include "test/faults/toy_engine.h"

namespace tenon::plan {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

/// What View::open says of these bytes; "ok" when nothing.
std::string said(std::span<const std::byte> bytes, const OpenOptions& options = {}) {
  AlignedBuffer copy(bytes.size());
  if (!bytes.empty()) std::memcpy(copy.data(), bytes.data(), bytes.size());
  const auto view = View::open(copy.bytes(), options);
  return view.ok() ? "ok" : view.status().what;
}
std::string said(const std::string& text) {
  return said(std::as_bytes(std::span(text.data(), text.size())));
}

std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(View, NamesWhatAFileLooksLike) {
  EXPECT_THAT(said(""s), HasSubstr("empty"));
  EXPECT_THAT(said("\x08\x07\x12\x07pytorch"s), HasSubstr("ONNX model"));
  EXPECT_THAT(said("ftrt\x01\x02\x03\x04"s), HasSubstr("TensorRT"));
  EXPECT_THAT(said("PK\x03\x04 and so on"s), HasSubstr("zip"));
  EXPECT_THAT(said("\x1F\x8B\x08"s), HasSubstr("gzip"));
  EXPECT_THAT(said("version https://git-lfs.github.com/spec/v1"s), HasSubstr("Git LFS"));
  EXPECT_THAT(said("hello"s), HasSubstr("first bytes"));
}

TEST(View, NamesDamageOfTheTransfer) {
  const std::string file = text_of(toy::make_engine());
  EXPECT_THAT(said(replaced(file, "\r\n", "\n")), HasSubstr("CR LF became LF"));
  EXPECT_THAT(said(replaced(file, "\n", "\r\n")), HasSubstr("LF became CR LF"));
  std::string stripped = file;
  for (char& c : stripped) c = static_cast<char>(c & 0x7F);
  EXPECT_THAT(said(stripped), HasSubstr("top bit"));
  EXPECT_THAT(said("\xEF\xBF\xBDTNE\r\n"s), HasSubstr("read as text"));
  EXPECT_THAT(said("\xC2\x89TNE\r\n"s), HasSubstr("UTF-8"));
}

TEST(View, NamesWhereAFileIsCut) {
  const Bytes file = toy::make_engine();
  const auto cut = [&](size_t length) { return said(std::span(file).first(length)); };
  EXPECT_THAT(cut(4), HasSubstr("within its magic"));
  EXPECT_THAT(cut(30), HasSubstr("within its header"));
  EXPECT_THAT(cut(100), HasSubstr("within its section table"));
  EXPECT_THAT(cut(file.size() - 1), HasSubstr("cut off"));
}

TEST(View, NamesTheDamagedSection) {
  const Bytes file = toy::make_engine();
  AlignedBuffer whole(file.size());
  std::memcpy(whole.data(), file.data(), file.size());
  const View view = View::open(whole.bytes()).value();
#define TENON_ROW(name, text)                                                              \
  if (const auto section = view.section(Section::name); !section.empty()) {                \
    Bytes damaged = file;                                                                  \
    damaged[static_cast<size_t>(section.data() - whole.data())] ^= std::byte{1};           \
    EXPECT_THAT(said(damaged, {.verify_weights = true}), HasSubstr("section '" text "'")); \
  }
  TENON_SECTIONS(TENON_ROW)
#undef TENON_ROW
  EXPECT_TRUE(view.verify_weights().ok());
}

TEST(View, LooksAtWeightsOnlyWhenAsked) {
  const Bytes file = toy::make_engine();
  AlignedBuffer whole(file.size());
  std::memcpy(whole.data(), file.data(), file.size());
  const View view = View::open(whole.bytes()).value();
  whole.data()[view.constants().data() - whole.data()] ^= std::byte{1};
  EXPECT_TRUE(View::open(whole.bytes()).ok());
  EXPECT_THAT(view.verify_weights().what, HasSubstr("section 'constants'"));
}

TEST(View, RefusesMemoryThatIsNotAligned) {
  const Bytes file = toy::make_engine();
  AlignedBuffer whole(file.size() + 8);
  std::memcpy(whole.data() + 8, file.data(), file.size());
  const auto bytes = std::span<const std::byte>(whole.bytes()).subspan(8);
  EXPECT_EQ(View::open(bytes).status().code, Code::InvalidArgument);
  EXPECT_TRUE(View::open(bytes, {.inspect_only = true}).ok());
}

/// Header and table, changed; checksums fit again afterwards.
std::string said_after(const std::function<void(Header&, SectionEntry*)>& change,
                       Bytes file = toy::make_engine()) {
  Header header;
  SectionEntry table[kSectionCount];
  std::memcpy(&header, file.data(), sizeof(header));
  std::memcpy(table, file.data() + sizeof(header), sizeof(table));
  change(header, table);
  std::memcpy(file.data(), &header, sizeof(header));
  std::memcpy(file.data() + sizeof(header), table, sizeof(table));
  repair_checksums(file);
  return said(file);
}

TEST(View, RefusesAHeaderThatIsNotOurs) {
  EXPECT_EQ(said_after([](Header&, SectionEntry*) {}), "ok");
  const auto says = [](const auto& change, const char* words) {
    EXPECT_THAT(said_after(change), HasSubstr(words));
  };
  says([](Header& h, SectionEntry*) { h.version = kFormatVersion + 1; }, "newer format");
  says([](Header& h, SectionEntry*) { h.version = 1; }, "older format");
  says([](Header& h, SectionEntry*) { h.version = 0; }, "no known format");
  says([](Header& h, SectionEntry*) { h.flags = 2; }, "unknown flags");
  says([](Header& h, SectionEntry*) { h.flags = kStripped; }, "has no weights");
  says([](Header& h, SectionEntry*) { h.reserved[6] = 1; }, "where none may be");
  says([](Header& h, SectionEntry*) { h.section_count = 6; }, "another length");
  says([](Header& h, SectionEntry*) { --h.file_bytes; }, "after its end");
}

TEST(View, RefusesATableThatDoesNotFitTheFile) {
  const auto says = [](const auto& change, const char* words) {
    EXPECT_THAT(said_after(change), HasSubstr(words));
  };
  says([](Header&, SectionEntry* t) { t[0].size = UINT64_MAX; }, "beyond the end");
  says([](Header&, SectionEntry* t) { t[2].offset = UINT64_MAX; }, "beyond the end");
  says([](Header&, SectionEntry* t) { std::swap(t[1], t[2]); }, "out of order");
  says([](Header&, SectionEntry* t) { t[1].offset += 8, t[1].size -= 8; }, "not aligned");
  says([](Header&, SectionEntry* t) { t[1].offset = t[0].offset; }, "overlap");
  says([](Header&, SectionEntry* t) { t[1].offset += 64, t[1].size -= 64; }, "between");
  // The last section of a standard engine is empty.
  EXPECT_THAT(said_after([](Header&, SectionEntry* t) { --t[kSectionCount - 1].size; },
                         toy::make_safe_engine()),
              HasSubstr("after the sections"));
}

TEST(View, SaysWhichItemIsWrong) {
  // The place of tensor 3 becomes "none" though a step writes it: found by its neighbours' bytes.
  const Bytes file = toy::make_engine();
  bool named = false;
  for (size_t at = kTableEnd; at < file.size() && !named; ++at) {
    Bytes changed = file;
    changed[at] = std::byte{static_cast<uint8_t>(Place::None)};
    repair_checksums(changed);
    AlignedBuffer copy(changed.size());
    std::memcpy(copy.data(), changed.data(), changed.size());
    Culprit culprit;
    const auto view = View::open(copy.bytes(), {}, &culprit);
    if (view.ok() || !std::strstr(view.status().what, "no memory to write to")) continue;
    EXPECT_STREQ(culprit.kind, "tensor");
    named = true;
  }
  EXPECT_TRUE(named);
}

}  // namespace
}  // namespace tenon::plan
