// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Graphs through bytes: nothing is lost, and damage is refused.
#include "ir/graph_bytes.h"

#include <gtest/gtest.h>

#include "ir/text.h"

namespace tenon::ir {
namespace {

const char* const kGraph = R"(graph "small"
input %x : f32[N, 3, 8, M]
%w : f32[4, 3, 3, 3] = constant {data = splat(0.5)}
%c : f32[N, 4, 8, M] = convolution(%x, %w) {kernel = [3, 3], strides = [1, 1], pads_begin = [1, 1], pads_end = [1, 1], dilations = [1, 1]} "conv"
%r : f32[N, 4, 8, M] = activation(%c) {kind = leaky_relu, alpha = 0.25} "leaky"
%s : i64[4] = shape(%r) "shape"
%f : f32[N, M, 32] = reshape(%r) {target = [N, M, 32]} "flatten"
%y : f32[N, M, 32] = softmax(%f) {axis = 1} "soft"
output %y
output %s
)";

class GraphBytes : public testing::Test {
 protected:
  std::unique_ptr<Graph> parsed() {
    auto graph = parse(kGraph, diag);
    EXPECT_TRUE(graph.ok()) << sink.errors();
    return std::move(*graph);
  }
  Bytes written(const Graph& graph) {
    ByteWriter writer;
    constants.clear();
    EXPECT_TRUE(write_graph(graph, writer, constants, diag).ok()) << sink.errors();
    return std::move(writer).bytes();
  }
  Result<std::unique_ptr<Graph>> read(std::span<const std::byte> bytes) {
    ByteReader reader(bytes);
    return read_graph(
        reader, constants, [](auto, auto, auto) { return nullptr; }, diag);
  }

  CollectingSink sink;
  Diagnostics diag{sink};
  std::vector<ops::ConstantRef> constants;
};

TEST_F(GraphBytes, KeepEverything) {
  const auto graph = parsed();
  graph->find_value("x")->allowed_formats = {0, 4};
  graph->find_node("conv")->sources = {"a", "b"};
  const Bytes bytes = written(*graph);
  const auto twin = read(bytes);
  ASSERT_TRUE(twin.ok()) << sink.errors();
  EXPECT_EQ(print(**twin), print(*graph));
  EXPECT_EQ((*twin)->find_value("x")->allowed_formats, (std::vector<uint8_t>{0, 4}));
  EXPECT_EQ((*twin)->find_node("conv")->sources, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ((*twin)->find_value("s")->type.content, graph->find_value("s")->type.content);
  EXPECT_EQ(constants.size(), 1U);
  EXPECT_EQ(written(**twin), bytes);
}

TEST_F(GraphBytes, RefuseEveryCutAndSurviveEveryFlip) {
  const auto graph = parsed();
  const Bytes bytes = written(*graph);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(read(std::span(bytes).first(size)).ok()) << size;
  }
  size_t refused = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    Bytes damaged = bytes;
    damaged[at] ^= std::byte{0x41};
    refused += read(damaged).ok() ? 0 : 1;
  }
  EXPECT_GT(refused, bytes.size() / 2);
}

}  // namespace
}  // namespace tenon::ir
