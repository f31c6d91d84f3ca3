// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Unit tests of the small things everything stands on.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "base/aligned_buffer.h"
#include "base/bytes.h"
#include "base/diagnostics.h"
#include "base/dims.h"
#include "base/dtype.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"

namespace tenon {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Status{Code::InvalidArgument, "odd"};
  return value / 2;
}

Result<int> quarter(int value) {
  TENON_ASSIGN(const int once, half(value));
  TENON_ASSIGN(const int twice, half(once));
  return twice;
}

TEST(Result, CarriesTheValueOrTheReason) {
  EXPECT_EQ(*quarter(12), 3);
  const Result<int> odd = quarter(6);
  ASSERT_FALSE(odd.ok());
  EXPECT_EQ(odd.status().code, Code::InvalidArgument);
  EXPECT_STREQ(odd.status().what, "odd");
}

TEST(Result, IsNeverOkWithoutAValue) {
  const Result<int> wrong = Status{};
  EXPECT_EQ(wrong.status().code, Code::Internal);
}

TEST(Diagnostics, PutsTheScopesBeforeTheSentence) {
  CollectingSink sink;
  Diagnostics diag(sink);
  const auto scope = diag.scope("node", "conv1");
  const Status status = diag.fail(Code::Unsupported, "axis {} out of rank {}", 5, 4);
  EXPECT_EQ(status.code, Code::Unsupported);
  EXPECT_EQ(sink.errors(), "node \"conv1\": axis 5 out of rank 4");
}

TEST(DType, IsFoundByItsText) {
  for (size_t i = 0; i < kDTypeCount; ++i) {
    DType found{};
    ASSERT_TRUE(find_dtype(to_string(static_cast<DType>(i)), found));
    EXPECT_EQ(found, static_cast<DType>(i));
  }
  DType none{};
  EXPECT_FALSE(find_dtype("f31", none));
  EXPECT_EQ(byte_size(DType::I4, 3), 2U);
}

TEST(Dims, KnowsVolumeAndStrides) {
  const Dims dims{2, 3, 4};
  EXPECT_EQ(dims.volume(), 24);
  EXPECT_EQ(row_major_strides(dims), (Dims{12, 4, 1}));
  EXPECT_EQ(to_string(dims), "2x3x4");
  EXPECT_EQ(Dims{}.volume(), 1);
}

TEST(Bytes, ReadPastTheEndIsZeroAndNoticed) {
  ByteWriter writer;
  writer.put<int32_t>(7);
  writer.text("tenon");
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.take<int32_t>(), 7);
  EXPECT_EQ(reader.text(), "tenon");
  EXPECT_TRUE(reader.ok() && reader.at_end());
  EXPECT_EQ(reader.take<int64_t>(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(Hash, IsTheSameInEveryRun) {
  EXPECT_EQ(hash64(""), 0x2D06800538D394C2ULL);  // XXH3 of nothing, from the xxHash specification.
  EXPECT_NE(hash64("a"), hash64("b"));
}

TEST(AlignedBuffer, IsAlignedAndZero) {
  const AlignedBuffer buffer(100);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % kAlignment, 0U);
  for (std::byte byte : buffer.bytes()) EXPECT_EQ(byte, std::byte{0});
}

TEST(File, IsReplacedWholeOrNotAtAll) {
  CollectingSink sink;
  Diagnostics diag(sink);
  const auto folder =
      std::filesystem::temp_directory_path() / ("tenon_" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string path = folder / "file";
  const std::string text = "first";
  ASSERT_TRUE(write_file(path, std::as_bytes(std::span(text)), diag).ok());
  auto mapped = MappedFile::open(path, diag);
  ASSERT_TRUE(mapped.ok());
  EXPECT_EQ(mapped->bytes().size(), text.size());
  EXPECT_FALSE(write_file(folder / "none" / "file", {}, diag).ok());
  EXPECT_FALSE(MappedFile::open(folder, diag).ok());
  EXPECT_NE(sink.errors().find("not a regular file"), std::string::npos);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tenon
