// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Packing kernels.
#include "plugin/adapt/quick/kernel_record.h"

namespace tenon::plugin {

Bytes pack(const QuickKernel& kernel) {
  ByteWriter writer;
  writer.text(kernel.name);
  writer.put(static_cast<uint64_t>(kernel.code.size()));
  writer.raw(kernel.code);
  write(writer, kernel.launch);
  return std::move(writer).bytes();
}

Result<QuickKernelView> unpack_kernel(std::span<const std::byte> bytes, size_t symbols) {
  ByteReader reader(bytes);
  QuickKernelView view;
  view.name = reader.text();
  view.code = reader.raw(reader.take<uint64_t>());
  if (!reader.ok()) {
    return Status{Code::InvalidPlan, "the record of a kernel in the engine is cut short"};
  }
  TENON_ASSIGN(view.launch, read_launch(reader, symbols));
  return view;
}

}  // namespace tenon::plugin
