// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Optimization profiles and timing caches.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "bind.h"

namespace tenon::python {

namespace {

using nvinfer1::Dims;
using nvinfer1::IOptimizationProfile;
using nvinfer1::OptProfileSelector;
using Values = std::vector<int64_t>;

constexpr OptProfileSelector kBounds[] = {OptProfileSelector::kMIN, OptProfileSelector::kOPT,
                                          OptProfileSelector::kMAX};

void set_shape(IOptimizationProfile& self, const char* input, const Dims& min, const Dims& opt,
               const Dims& max) {
  const Dims* shapes[] = {&min, &opt, &max};
  for (int i = 0; i < 3; ++i) {
    if (!self.setDimensions(input, kBounds[i], *shapes[i])) {
      throw py::value_error("the shapes of input '" + std::string(input) +
                            "' do not fit each other: min <= opt <= max in each extent");
    }
  }
}

void set_values(IOptimizationProfile& self, const char* input, const Values& min, const Values& opt,
                const Values& max) {
  const Values* values[] = {&min, &opt, &max};
  for (int i = 0; i < 3; ++i) {
    if (!self.setShapeValuesV2(input, kBounds[i], values[i]->data(),
                               static_cast<int32_t>(values[i]->size()))) {
      throw py::value_error("the values of shape input '" + std::string(input) +
                            "' do not fit each other");
    }
  }
}

std::vector<Values> values_of(IOptimizationProfile& self, const char* input) {
  const int32_t count = self.getNbShapeValues(input);
  std::vector<Values> result;
  for (const OptProfileSelector bound : kBounds) {
    const int64_t* first = count < 0 ? nullptr : self.getShapeValuesV2(input, bound);
    if (first != nullptr) result.emplace_back(first, first + count);
  }
  return result;
}

}  // namespace

void bind_profile(py::module_& m) {
  py::class_<IOptimizationProfile, Borrowed<IOptimizationProfile>>(
      m, "IOptimizationProfile", "Ranges of the shapes of inputs; belongs to its builder.")
      .def("set_shape", &set_shape, py::arg("input"), py::arg("min"), py::arg("opt"),
           py::arg("max"), "Sets the range of an input's shape; opt is what is tuned for.")
      .def(
          "get_shape",
          [](IOptimizationProfile& self, const char* input) {
            std::vector<Dims> result;
            for (const OptProfileSelector bound : kBounds) {
              const Dims shape = self.getDimensions(input, bound);
              if (shape.nbDims >= 0) result.push_back(shape);
            }
            return result;
          },
          py::arg("input"), "[min, opt, max], or [] where none is set.")
      .def("set_shape_input", &set_values, py::arg("input"), py::arg("min"), py::arg("opt"),
           py::arg("max"), "Sets the range of the values of a shape tensor.")
      .def("get_shape_input", &values_of, py::arg("input"))
      .def_property("extra_memory_target", &IOptimizationProfile::getExtraMemoryTarget,
                    &IOptimizationProfile::setExtraMemoryTarget)
      .def("is_valid", &IOptimizationProfile::isValid)
      .def("__bool__", &IOptimizationProfile::isValid)
      .def("__nonzero__", &IOptimizationProfile::isValid);
}

void bind_timing_cache(py::module_& m) {
  using nvinfer1::ITimingCache;
  using nvinfer1::TimingCacheKey;
  using nvinfer1::TimingCacheValue;
  py::class_<TimingCacheKey>(m, "TimingCacheKey", "16 bytes that name a measurement.")
      .def_static("parse",
                  [](const py::bytes& text) {
                    const std::string bytes = text;
                    TimingCacheKey key{};
                    if (bytes.size() != sizeof(key.data)) {
                      throw py::value_error("a key of a timing cache has 16 bytes");
                    }
                    std::memcpy(key.data, bytes.data(), bytes.size());
                    return key;
                  })
      .def("__bytes__", [](const TimingCacheKey& self) {
        return py::bytes(reinterpret_cast<const char*>(self.data), sizeof(self.data));
      });
  py::class_<TimingCacheValue>(m, "TimingCacheValue", "Which tactic won, and its time.")
      .def(py::init([](uint64_t tactic, float milliseconds) {
             return TimingCacheValue{tactic, milliseconds};
           }),
           py::arg("tactic_hash"), py::arg("timing_msec"))
      .def_readwrite("tacticHash", &TimingCacheValue::tacticHash)
      .def_readwrite("timingMSec", &TimingCacheValue::timingMSec);
  py::class_<ITimingCache>(m, "ITimingCache", "Measurements of kernels, for builds to come.")
      .def("serialize", &ITimingCache::serialize)
      .def("combine", &ITimingCache::combine, py::arg("input_cache"), py::arg("ignore_mismatch"))
      .def("reset", &ITimingCache::reset)
      .def("query", &ITimingCache::query, py::arg("key"))
      .def("update", &ITimingCache::update, py::arg("key"), py::arg("value"))
      .def("queryKeys", [](const ITimingCache& self) {
        std::vector<TimingCacheKey> keys(
            static_cast<size_t>(std::max<int64_t>(self.queryKeys(nullptr, 0), 0)));
        self.queryKeys(keys.data(), static_cast<int64_t>(keys.size()));
        return keys;
      });
}

}  // namespace tenon::python
