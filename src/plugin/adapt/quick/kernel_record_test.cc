// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Kernels in engine files: what is written comes back, what is broken is refused.
#include "plugin/adapt/quick/kernel_record.h"

#include <gtest/gtest.h>

#include "plugin/adapt/quick/host_code.h"

namespace tenon::plugin {
namespace {

using nvinfer1::PluginArgDataType;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

QuickKernel sample() {
  QuickKernel kernel;
  kernel.name = "add_entry";
  kernel.code = Bytes(3, std::byte{7});
  for (size_t i = 0; i < kLaunchNumbers; ++i) {
    kernel.launch.numbers[i] = *expr::compile(expr::Expr(static_cast<int64_t>(i)));
  }
  kernel.launch.numbers[0] =
      *expr::compile(expr::ceil_div(expr::Expr::symbol(1), expr::Expr(static_cast<int64_t>(4))));
  kernel.launch.extras.push_back(
      {PluginArgDataType::kINT16, *expr::compile(expr::Expr::symbol(0))});
  return kernel;
}

TEST(QuickKernel, ComesBackFromItsBytes) {
  const QuickKernel kernel = sample();
  const Bytes packed = pack(kernel);
  const auto view = unpack_kernel(packed, 2);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->name, kernel.name);
  EXPECT_EQ(Bytes(view->code.begin(), view->code.end()), kernel.code);
  EXPECT_EQ(view->launch.numbers, kernel.launch.numbers);
  ASSERT_EQ(view->launch.extras.size(), 1U);
  EXPECT_EQ(view->launch.extras[0].type, PluginArgDataType::kINT16);
  EXPECT_EQ(view->launch.extras[0].code, kernel.launch.extras[0].code);
}

TEST(QuickKernel, IsRefusedWhenCutShortOrOutOfRange) {
  const Bytes packed = pack(sample());
  for (size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(unpack_kernel(std::span(packed).first(size), 2).ok()) << size;
  }
  EXPECT_FALSE(unpack_kernel(packed, 1).ok()) << "it needs two extents";
}

TEST(QuickKernel, IsToldApartByItsBytes) {
  EXPECT_EQ(kind_of_code(bytes_of(".version 8.0\n.target sm_80\n")), CodeKind::Ptx);
  EXPECT_EQ(kind_of_code(bytes_of("anything")), CodeKind::Unknown);
  EXPECT_EQ(kind_of_code({}), CodeKind::Unknown);
  std::string cubin(
      "\x7f"
      "ELF\x02\x01\x01",
      7);
  cubin.resize(64);
  cubin[18] = static_cast<char>(190);
  EXPECT_EQ(kind_of_code(bytes_of(cubin)), CodeKind::Cubin);
  cubin[18] = 2;
  EXPECT_EQ(kind_of_code(bytes_of(cubin)), CodeKind::ForeignElf);
}

TEST(QuickKernel, ForAnotherDeviceIsRefusedWithTheMend) {
  CollectingSink sink;
  Diagnostics diag(sink);
  const auto code =
      to_shared_object(bytes_of(".version 8.0\n.target sm_80\n"), "kernel 'k' of plugin P", diag);
  ASSERT_FALSE(code.ok());
  ASSERT_EQ(sink.entries.size(), 1U);
  const std::string& said = sink.entries[0].text;
  EXPECT_NE(said.find("kernel 'k' of plugin P is PTX for NVIDIA GPUs"), said.npos) << said;
  EXPECT_NE(said.find("host_kernel"), said.npos) << said;
}

}  // namespace
}  // namespace tenon::plugin
