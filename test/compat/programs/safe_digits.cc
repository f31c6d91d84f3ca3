// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Builds a safe engine with two IO profiles and names digits with it: copies wait behind the run on
// its stream, and sync() alone is what the host waits for.
// Usage: safe_digits FOLDER MODEL LIBRARY: pictures, mnist_plugin_dynamic.onnx, the safe plugin.
#include <algorithm>

#include "safe_program.h"

namespace {

using namespace nvinfer2::safe;

void runProfile(ITRTGraph& graph, int64_t profile, const std::string& folder) {
  EXPECT_OK(graph.setIOProfile(profile));
  const char* names[2] = {};
  TensorDescriptor in;
  TensorDescriptor out;
  for (size_t i = 0; i < 2; ++i) EXPECT_OK(graph.getIOTensorName(names[i], i));
  EXPECT_OK(graph.getIOTensorDescriptor(in, names[0]));
  EXPECT_OK(graph.getIOTensorDescriptor(out, names[1]));
  EXPECT(in.ioMode == nvinfer1::TensorIOMode::kINPUT);
  EXPECT(out.ioMode == nvinfer1::TensorIOMode::kOUTPUT);
  const auto batch = static_cast<size_t>(in.shape.d[0]);
  EXPECT(in.sizeInBytes == batch * kPixels * sizeof(float));

  std::vector<float> pictures;
  for (size_t i = 0; i < batch; ++i) {
    const auto one = readDigit(folder, static_cast<int>(2 * i + 1));
    pictures.insert(pictures.end(), one.begin(), one.end());
  }
  std::vector<float> scores(batch * kDigits, -1);
  const DeviceFloats from(pictures.size());
  const DeviceFloats to(scores.size());
  EXPECT_OK(graph.setIOTensorAddress(names[0], TypedArray(from.data(), in.sizeInBytes)));
  EXPECT_OK(graph.setIOTensorAddress(names[1], TypedArray(to.data(), out.sizeInBytes)));

  cudaStream_t stream = nullptr;
  EXPECT(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
  EXPECT(cudaMemcpyAsync(from.data(), pictures.data(), in.sizeInBytes, cudaMemcpyHostToDevice,
                         stream) == cudaSuccess);
  EXPECT_OK(graph.executeAsync(stream));
  EXPECT(cudaMemcpyAsync(scores.data(), to.data(), out.sizeInBytes, cudaMemcpyDeviceToHost,
                         stream) == cudaSuccess);
  EXPECT_OK(graph.sync());
  for (size_t i = 0; i < batch; ++i) {
    const std::vector<float> one(scores.begin() + static_cast<long>(i * kDigits),
                                 scores.begin() + static_cast<long>((i + 1) * kDigits));
    EXPECT(best(one) == static_cast<int>(2 * i + 1));
  }
  EXPECT(cudaStreamDestroy(stream) == cudaSuccess);
}

}  // namespace

// Shows S-RUN-7.
int main(int argc, char** argv) {
  EXPECT(argc == 4);
  static SafeLog recorder;
  registerMaxPool(argv[3], recorder);
  const auto engine = buildSafe(argv[2], {1, 5});
  ITRTGraph* graph = nullptr;
  EXPECT_OK(createTRTGraph(graph, engine->data(), static_cast<int64_t>(engine->size()), recorder,
                           true, nullptr));
  int64_t profiles = 0;
  int64_t tensors = 0;
  EXPECT_OK(graph->getNbIOProfiles(profiles));
  EXPECT_OK(graph->getNbIOTensors(tensors));
  EXPECT(profiles == 2 && tensors == 2);
  for (int64_t profile = 0; profile < profiles; ++profile) runProfile(*graph, profile, argv[1]);
  EXPECT(recorder.getNbErrors() == 0);
  EXPECT_OK(destroyTRTGraph(graph));
  EXPECT(graph == nullptr);
  return passed("safe_digits");
}
