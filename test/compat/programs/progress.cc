// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A build that is watched and one that is stopped; then inference on a stream, with pinned memory
// and copies in the stream's order. Usage: progress FOLDER, as onnx_digit.
#include <algorithm>

#include "program.h"

namespace {

/// Phases nest, steps stay in their range, and all that began ends.
class Watch : public nvinfer1::IProgressMonitor {
 public:
  explicit Watch(int steps_until_stop = -1) : left_(steps_until_stop) {}

  void phaseStart(char const* name, char const* parent, int32_t steps) noexcept override {
    const bool known = parent == nullptr || is_open(parent);
    right_ = right_ && known && steps > 0 && !is_open(name);
    open_.push_back({name, steps, -1});
    ++phases_;
  }
  bool stepComplete(char const* name, int32_t step) noexcept override {
    const auto phase = find(name);
    right_ = right_ && phase != open_.end() && step > phase->step && step < phase->steps;
    if (phase != open_.end()) phase->step = step;
    return left_ < 0 || left_-- > 0;
  }
  void phaseFinish(char const* name) noexcept override {
    const auto phase = find(name);
    right_ = right_ && phase != open_.end();
    if (phase != open_.end()) open_.erase(phase);
  }

  bool right() const { return right_ && open_.empty() && phases_ > 0; }

 private:
  struct Phase {
    std::string name;
    int32_t steps;
    int32_t step;
  };
  std::vector<Phase>::iterator find(const std::string& name) {
    return std::find_if(open_.begin(), open_.end(),
                        [&](const Phase& phase) { return phase.name == name; });
  }
  bool is_open(const std::string& name) { return find(name) != open_.end(); }

  std::vector<Phase> open_;
  int phases_ = 0;
  int left_;
  bool right_ = true;
};

/// Floats in memory that copies of a stream may reach at any time.
struct Pinned {
  explicit Pinned(size_t count) {
    EXPECT(cudaMallocHost(reinterpret_cast<void**>(&data), count * sizeof(float)) == cudaSuccess);
  }
  ~Pinned() { cudaFreeHost(data); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  float* data = nullptr;
};

void readDigits(nvinfer1::ICudaEngine& engine, const std::string& folder) {
  const DeviceFloats input(kPixels);
  const DeviceFloats output(kDigits);
  const Pinned picture(kPixels);
  const Pinned scores(kDigits);
  cudaStream_t stream = nullptr;
  EXPECT(cudaStreamCreate(&stream) == cudaSuccess);
  const std::unique_ptr<nvinfer1::IExecutionContext> context(engine.createExecutionContext());
  EXPECT(context->setTensorAddress(engine.getIOTensorName(0), input.data()));
  EXPECT(context->setTensorAddress(engine.getIOTensorName(1), output.data()));
  for (int digit = 0; digit < 10; ++digit) {
    const std::vector<float> ink = readDigit(folder, digit);
    std::copy(ink.begin(), ink.end(), picture.data);
    EXPECT(cudaMemcpyAsync(input.data(), picture.data, ink.size() * sizeof(float),
                           cudaMemcpyHostToDevice, stream) == cudaSuccess);
    EXPECT(context->enqueueV3(stream));
    EXPECT(cudaMemcpyAsync(scores.data, output.data(), kDigits * sizeof(float),
                           cudaMemcpyDeviceToHost, stream) == cudaSuccess);
    EXPECT(cudaStreamSynchronize(stream) == cudaSuccess);
    EXPECT(best({scores.data, scores.data + kDigits}) == digit);
  }
  EXPECT(cudaStreamDestroy(stream) == cudaSuccess);
}

}  // namespace

int main(int argc, char** argv) {
  EXPECT(argc == 2);
  const std::string folder = argv[1];
  Log log;
  const std::unique_ptr<nvinfer1::IBuilder> builder(nvinfer1::createInferBuilder(log));
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(log));
  const auto network = parse(*builder, log, folder + "/mnist.onnx");
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());

  Watch impatient(1);
  config->setProgressMonitor(&impatient);
  EXPECT(makeEngine(*builder, *runtime, *network, *config) == nullptr);
  EXPECT(impatient.right());

  Watch patient;
  config->setProgressMonitor(&patient);
  const auto engine = makeEngine(*builder, *runtime, *network, *config);
  EXPECT(engine != nullptr);
  EXPECT(patient.right());
  readDigits(*engine, folder);
  return passed("progress");
}
