// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading and writing engines piece by piece.
#include <algorithm>
#include <cstring>

#include "plugin_arguments.h"
#include "proxy.h"

namespace tenon::python {

namespace {

using nvinfer1::IStreamReader;
using nvinfer1::IStreamReaderV2;
using nvinfer1::IStreamWriter;

/// Copies the bytes that Python read; their count.
int64_t take(const py::object& answer, void* destination, int64_t wanted) {
  const py::buffer_info bytes = py::buffer(answer).request();
  const int64_t size = bytes.size * bytes.itemsize;
  if (size > wanted) throw py::value_error("read() returned more bytes than asked for");
  std::memcpy(destination, bytes.ptr, static_cast<size_t>(size));
  return size;
}

class PythonReader final : public IStreamReader {
 public:
  int64_t read(void* destination, int64_t wanted) override {
    const IStreamReader* self = this;
    return method_call(self, "read", int64_t{-1}, [&](const py::function& method) {
      return take(method(wanted), destination, wanted);
    });
  }
};

class PythonReaderV2 final : public IStreamReaderV2 {
 public:
  int64_t read(void* destination, int64_t wanted, cudaStream_t stream) noexcept override {
    const IStreamReaderV2* self = this;
    return method_call(self, "read", int64_t{-1}, [&](const py::function& method) {
      return take(method(wanted, to_address(stream)), destination, wanted);
    });
  }
  bool seek(int64_t offset, nvinfer1::SeekPosition where) noexcept override {
    const IStreamReaderV2* self = this;
    return method_call(self, "seek", false, [&](const py::function& method) {
      const py::object answer = method(offset, where);
      return answer.is_none() || answer.cast<bool>();
    });
  }
};

class PythonWriter final : public IStreamWriter {
 public:
  int64_t write(void const* data, int64_t size) override {
    const IStreamWriter* self = this;
    return method_call(self, "write", int64_t{-1}, [&](const py::function& method) {
      const py::object answer =
          method(py::bytes(static_cast<const char*>(data), static_cast<size_t>(size)));
      return answer.is_none() ? size : answer.cast<int64_t>();
    });
  }
};

}  // namespace

void bind_streams(py::module_& m) {
  using nvinfer1::IVersionedInterface;
  py::class_<IStreamReader, IVersionedInterface, PythonReader, Owned<IStreamReader>>(
      m, "IStreamReader", "A Python class overrides read(size) -> bytes; fewer bytes mean the end.")
      .def(py::init_alias<>());
  py::class_<IStreamReaderV2, IVersionedInterface, PythonReaderV2, Owned<IStreamReaderV2>>(
      m, "IStreamReaderV2",
      "A Python class overrides read(num_bytes, stream) -> bytes and seek(offset, where) -> bool.")
      .def(py::init_alias<>());
  py::class_<IStreamWriter, IVersionedInterface, PythonWriter, Owned<IStreamWriter>>(
      m, "IStreamWriter", "A Python class overrides write(data: bytes) -> int, the bytes written.")
      .def(py::init_alias<>());
}

}  // namespace tenon::python
