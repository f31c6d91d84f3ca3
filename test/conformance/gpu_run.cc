// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Up, run, down.
#include "gpu_run.h"

#include <gtest/gtest.h>

#include <vector>

namespace tenon::conformance {

void GpuRun::add(Buffer& buffer) {
  auto copied = device::GpuBuffer::copy_of(buffer.whole());
  EXPECT_TRUE(copied.ok()) << copied.status().what;
  if (copied.ok()) mapped_.push_back({buffer, std::move(copied).value()});
}

void* GpuRun::at(const void* host) const noexcept {
  for (const Mapped& one : mapped_) {
    if (one.host.data() == host) return one.device.data();
  }
  return nullptr;
}

Status GpuRun::operator()(kernel::Instance& instance, const kernel::RunArgs& args, size_t inputs,
                          size_t outputs) {
  std::vector<const void*> in;
  std::vector<void*> out;
  for (size_t i = 0; i < inputs; ++i) {
    in.push_back(args.inputs[i] == nullptr ? nullptr : at(args.inputs[i]));
  }
  for (size_t i = 0; i < outputs; ++i) out.push_back(at(args.outputs[i]));
  device::Stream stream = gpu_.stream(nullptr);
  const Status status = instance.run(
      {args.input_descs, args.output_descs, in.data(), out.data(), at(args.workspace), &stream});
  const int code = gpu_.driver().cuCtxSynchronize();
  EXPECT_EQ(code, 0) << "the GPU: " << gpu_.driver().words(code);
  for (Mapped& one : mapped_) {
    const auto bytes = one.host.whole();
    const int copied = gpu_.driver().cuMemcpyDtoH(
        bytes.data(), device::cu_address(one.device.data()), bytes.size());
    EXPECT_EQ(copied, 0) << "the GPU: " << gpu_.driver().words(copied);
  }
  if (code != 0) return gpu_.to_status(code);
  return status;
}

}  // namespace tenon::conformance
