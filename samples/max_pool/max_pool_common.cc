// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading fields with sentences for what is wrong; extents; the way to the logger.
#include "max_pool_common.h"

#include <atomic>
#include <cstring>

namespace maxpool {

using namespace nvinfer1;

namespace {

std::atomic<ILoggerFinder*> loggerFinder{nullptr};

/// Copies a field of `count` numbers; false, with the reason said, when it is of another form.
bool copy(PluginField const& field, int32_t* into, int32_t count) {
  if (field.type == PluginFieldType::kINT32 && field.length == count && field.data != nullptr) {
    std::memcpy(into, field.data, sizeof(int32_t) * static_cast<size_t>(count));
    return true;
  }
  report(ILogger::Severity::kERROR, std::string("MaxPoolPlugin: field ") + field.name +
                                        " must hold " + std::to_string(count) + " int32 numbers");
  return false;
}

/// Whether the numbers make a window; says which does not.
bool check(Parameters const& p) {
  for (size_t axis = 0; axis < 2; ++axis) {
    if (p.kernelShape[axis] < 1 || p.strides[axis] < 1 || p.pads[axis] < 0 ||
        p.pads[axis] >= p.kernelShape[axis]) {
      report(ILogger::Severity::kERROR,
             "MaxPoolPlugin: kernel_shape and strides must be at least 1, and pads at least 0 and "
             "less than kernel_shape");
      return false;
    }
  }
  if (p.poolingType == 0) return true;
  report(ILogger::Severity::kERROR,
         "MaxPoolPlugin: pType " + std::to_string(p.poolingType) + " is unknown; 0 is the maximum");
  return false;
}

}  // namespace

PluginFieldCollection const& understoodFields() {
  static PluginField const kFields[] = {
      {"kernel_shape", nullptr, PluginFieldType::kINT32, 2},
      {"strides", nullptr, PluginFieldType::kINT32, 2},
      {"pads", nullptr, PluginFieldType::kINT32, 2},
      {"pType", nullptr, PluginFieldType::kINT32, 1},
  };
  static PluginFieldCollection const kCollection{4, kFields};
  return kCollection;
}

bool read(PluginFieldCollection const* fields, Parameters& into) {
  if (fields == nullptr) return false;
  struct Row {
    char const* name;
    int32_t* data;
    int32_t count;
    bool found;
  };
  Row rows[] = {{"kernel_shape", into.kernelShape.data(), 2, false},
                {"strides", into.strides.data(), 2, false},
                {"pads", into.pads.data(), 2, false},
                {"pType", &into.poolingType, 1, false}};
  for (int32_t i = 0; i < fields->nbFields; ++i) {
    for (Row& row : rows) {
      bool const optional = row.data == &into.poolingType;
      if (std::strcmp(fields->fields[i].name, row.name) != 0) continue;
      if (optional && fields->fields[i].data == nullptr) continue;
      if (!copy(fields->fields[i], row.data, row.count)) return false;
      row.found = true;
    }
  }
  for (Row const& row : rows) {
    if (row.found || row.data == &into.poolingType) continue;
    report(ILogger::Severity::kERROR, std::string("MaxPoolPlugin: field ") + row.name +
                                          " is missing; give the node an attribute of this name");
    return false;
  }
  return check(into);
}

Window windowOf(Parameters const& p) {
  return {{p.kernelShape[0], p.strides[0], p.pads[0]}, {p.kernelShape[1], p.strides[1], p.pads[1]}};
}

int64_t pooled(int64_t extent, Axis const& axis) {
  return (extent + int64_t{2} * axis.pad - axis.kernel) / axis.stride + 1;
}

IDimensionExpr const* pooled(IDimensionExpr const& extent, Axis const& axis,
                             IExprBuilder& builder) {
  auto const* room = builder.operation(DimensionOperation::kSUM, extent,
                                       *builder.constant(int64_t{2} * axis.pad - axis.kernel));
  auto const* steps =
      builder.operation(DimensionOperation::kFLOOR_DIV, *room, *builder.constant(axis.stride));
  return builder.operation(DimensionOperation::kSUM, *steps, *builder.constant(1));
}

void report(ILogger::Severity severity, std::string const& sentence) {
  ILoggerFinder* finder = loggerFinder.load();
  ILogger* logger = finder != nullptr ? finder->findLogger() : getLogger();
  if (logger != nullptr) logger->log(severity, sentence.c_str());
}

}  // namespace maxpool

extern "C" TENSORRTAPI void setLoggerFinder(nvinfer1::ILoggerFinder* finder) {
  maxpool::loggerFinder.store(finder);
}
