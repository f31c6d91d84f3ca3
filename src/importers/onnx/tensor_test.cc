// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include "importers/onnx/tensor.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "importers/onnx/test_model.h"

namespace tenon::onnx {
namespace {

namespace fs = std::filesystem;
using testing::external_tensor;
using ::testing::HasSubstr;
using testing::raw_tensor;

/// Reads one TensorProto; keeps what was said.
struct Reading {
  Reading(const std::string& bytes, TensorReader reader) : diag(sink) {
    EXPECT_TRUE(wire::decode_tensor(std::as_bytes(std::span(bytes)), tensor, diag).ok());
    auto made = reader.constant(tensor, diag);
    status = made.status();
    if (made.ok()) data = *made;
  }
  CollectingSink sink;
  Diagnostics diag;
  wire::Tensor tensor;
  ops::ConstantRef data;
  Status status;
};

TensorReader copying(const std::string& folder = "") { return {nullptr, folder}; }

TEST(Tensor, UsesRawBytesInPlaceAndKeepsTheirOwner) {
  const auto file = std::make_shared<std::string>(testing::float_tensor("w", {2}, {1, -2.5F}));
  const Reading reading(*file, TensorReader(file, ""));
  ASSERT_TRUE(reading.data) << reading.sink.errors();
  EXPECT_EQ(reading.data->bytes().data(), reading.tensor.raw->data());
  EXPECT_EQ(file.use_count(), 2);
  EXPECT_EQ(reading.data->real(1), -2.5);
}

TEST(Tensor, CopiesRawBytesThatNobodyKeeps) {
  const std::string bytes = testing::float_tensor("w", {2}, {1, -2.5F});
  const Reading reading(bytes, copying());
  ASSERT_TRUE(reading.data) << reading.sink.errors();
  EXPECT_NE(reading.data->bytes().data(), reading.tensor.raw->data());
  EXPECT_EQ(reading.data->real(1), -2.5);
}

TEST(Tensor, RefusesWrongSizes) {
  EXPECT_THAT(Reading(raw_tensor("w", testing::kFloat, {3}, "12345678"), copying()).sink.errors(),
              HasSubstr("tensor \"w\" of type f32 and shape 3 needs 12 bytes of numbers, but the "
                        "file gives 8"));
  EXPECT_THAT(Reading(raw_tensor("w", testing::kFloat, {-1}, ""), copying()).sink.errors(),
              HasSubstr("negative extent -1"));
  const int64_t huge = int64_t{1} << 40;
  EXPECT_THAT(Reading(raw_tensor("w", testing::kFloat, {huge, huge}, ""), copying()).sink.errors(),
              HasSubstr("too large"));
  EXPECT_THAT(
      Reading(raw_tensor("w", testing::kFloat, {huge, huge, 0}, ""), copying()).sink.errors(),
      HasSubstr("too large"));
  EXPECT_THAT(Reading(raw_tensor("w", testing::kFloat, std::vector<int64_t>(9, 1), ""), copying())
                  .sink.errors(),
              HasSubstr("rank 9"));
}

TEST(Tensor, NamesTypesWeLack) {
  const Reading text(raw_tensor("w", testing::kString, {1}, ""), copying());
  EXPECT_EQ(text.status.code, Code::Unsupported);
  EXPECT_THAT(text.sink.errors(), HasSubstr("type string"));
  EXPECT_THAT(Reading(raw_tensor("w", 77, {1}, ""), copying()).sink.errors(),
              HasSubstr("number 77"));
}

TEST(Tensor, TakesEmptyTensors) {
  const Reading reading(raw_tensor("w", testing::kInt64, {0}, ""), copying());
  ASSERT_TRUE(reading.data) << reading.sink.errors();
  EXPECT_EQ(reading.data->count(), 0);
}

TEST(Tensor, RefusesTypedNumbersOfAWrongCount) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  writer.add_int64(1, 2);
  writer.add_int32(2, testing::kInt32);
  const std::vector<int32_t> numbers{1, 2, 3};
  writer.add_packed_int32(5, numbers.begin(), numbers.end());
  EXPECT_THAT(Reading(bytes, copying()).sink.errors(), HasSubstr("needs 8 bytes"));
}

/// A model's folder with files in, beside and above it.
class External : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / fmt::format("tenon_external_{}", ::getpid());
    fs::create_directories(root_ / "model" / "inner");
    const float numbers[] = {0, 1, 2, 3};
    for (const char* name : {"model/weights", "model/inner/weights", "outside"}) {
      std::ofstream(root_ / name, std::ios::binary)
          .write(reinterpret_cast<const char*>(numbers), sizeof numbers);
    }
    fs::create_symlink(root_ / "outside", root_ / "model" / "leaves");
    fs::create_symlink("inner/weights", root_ / "model" / "stays");
    fs::create_symlink(root_, root_ / "model" / "up");
  }
  void TearDown() override { fs::remove_all(root_); }

  [[nodiscard]] Reading read(std::vector<std::pair<std::string, std::string>> entries) const {
    return {external_tensor("w", {2}, std::move(entries)), copying(root_ / "model")};
  }
  [[nodiscard]] std::string refusal(const std::string& location) const {
    return read({{"location", location}, {"length", "8"}}).sink.errors();
  }

  fs::path root_;
};

TEST_F(External, ReadsFilesOfTheFolder) {
  for (const char* location : {"weights", "inner/weights", "./inner/./weights", "stays"}) {
    const Reading reading = read({{"location", location}, {"offset", "8"}, {"length", "8"}});
    ASSERT_TRUE(reading.data) << reading.sink.errors();
    EXPECT_EQ(reading.data->real(0), 2);
  }
}

TEST_F(External, RefusesPathsOutOfTheFolder) {
  EXPECT_THAT(refusal((root_ / "outside").string()), HasSubstr("is an absolute path"));
  EXPECT_THAT(refusal("../outside"), HasSubstr("leads to a folder above"));
  EXPECT_THAT(refusal("inner/../../outside"), HasSubstr("leads to a folder above"));
  EXPECT_THAT(refusal("leaves"), HasSubstr("a link that leads out of the folder"));
  EXPECT_THAT(refusal("up/outside"), HasSubstr("a link that leads out of the folder"));
  EXPECT_THAT(refusal("inner"), HasSubstr("is not a regular file"));
  EXPECT_THAT(refusal(""), HasSubstr("is no file name"));
  EXPECT_THAT(refusal("nothing"), HasSubstr("cannot find \"nothing\""));
}

TEST_F(External, RefusesRangesOutOfTheFile) {
  EXPECT_THAT(read({{"location", "weights"}, {"offset", "12"}}).sink.errors(),
              HasSubstr("has only 16"));
  EXPECT_THAT(read({{"location", "weights"}, {"offset", "18446744073709551615"}}).sink.errors(),
              HasSubstr("has only 16"));
  EXPECT_THAT(read({{"location", "weights"}, {"offset", "-8"}}).sink.errors(),
              HasSubstr("offset is \"-8\""));
  EXPECT_THAT(read({{"location", "weights"}, {"length", "4"}}).sink.errors(),
              HasSubstr("needs 8 bytes"));
}

TEST_F(External, NeedsAFolder) {
  const Reading reading(external_tensor("w", {2}, {{"location", "weights"}}), copying());
  EXPECT_THAT(reading.sink.errors(), HasSubstr("give the model as a file"));
}

}  // namespace
}  // namespace tenon::onnx
