// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table of formats, and the walk.
#include "plugin/adapt/formats.h"

#include <algorithm>

#include "plugin/convert.h"

namespace tenon::plugin {

namespace {

using kernel::Port;
using nvinfer1::TensorFormat;

/// Formats worth offering for a type, the usual one first. Interface fact: the table of
/// TensorFormat.
std::vector<TensorFormat> formats_for(DType type, int rank) {
  std::vector<TensorFormat> all{TensorFormat::kLINEAR};
  auto offer = [&](std::initializer_list<TensorFormat> formats) {
    for (const TensorFormat format : formats) {
      if (kernel::fits(*to_layout(format), rank)) all.push_back(format);
    }
  };
  if (type == DType::F32) offer({TensorFormat::kHWC, TensorFormat::kCHW32, TensorFormat::kDHWC});
  if (type == DType::U8) offer({TensorFormat::kHWC});
  if (type == DType::I8) {
    offer({TensorFormat::kCHW4, TensorFormat::kCHW32, TensorFormat::kHWC16, TensorFormat::kCDHW32});
  }
  if (type == DType::F16 || type == DType::BF16) {
    offer({TensorFormat::kCHW2, TensorFormat::kHWC8, TensorFormat::kDHWC8});
  }
  if (type == DType::F16) {
    offer(
        {TensorFormat::kCHW16, TensorFormat::kCHW32, TensorFormat::kHWC16, TensorFormat::kCDHW32});
  }
  return all;
}

/// "input 0", "output 1"
std::string place(size_t position, size_t inputs) {
  return position < inputs ? fmt::format("input {}", position)
                           : fmt::format("output {}", position - inputs);
}

class Walk {
 public:
  Walk(const kernel::NodeInfo& node, size_t inputs, size_t limit, const FormatQuestions& questions)
      : node_(node),
        inputs_(inputs),
        limit_(limit),
        questions_(questions),
        ports_(inputs + node.outputs.size()) {}

  void visit(size_t position) {
    if (position == ports_.size()) {
      found_.push_back(configuration());
      return;
    }
    const kernel::PortInfo& info = port(position);
    for (const TensorFormat format : formats_for(info.dtype, info.opt.rank())) {
      if (found_.size() >= limit_) return;
      ports_[position] = {info.dtype, *to_layout(format), 0};
      deepest_ = std::max(deepest_, position);
      if (questions_.supports(position, ports_[position])) visit(position + 1);
      questions_.forget(position);
    }
  }

  [[nodiscard]] const kernel::PortInfo& port(size_t position) const {
    return position < inputs_ ? node_.inputs[position] : node_.outputs[position - inputs_];
  }
  [[nodiscard]] size_t refusing_position() const { return deepest_; }
  [[nodiscard]] std::vector<kernel::Configuration> take() { return std::move(found_); }

 private:
  [[nodiscard]] kernel::Configuration configuration() const {
    kernel::Configuration made;
    const auto middle = ports_.begin() + static_cast<std::ptrdiff_t>(inputs_);
    made.inputs.assign(ports_.begin(), middle);
    for (size_t i = inputs_; i < node_.inputs.size(); ++i) {
      made.inputs.push_back({node_.inputs[i].dtype, kernel::Layout::linear(), 0});
    }
    made.outputs.assign(middle, ports_.end());
    return made;
  }

  const kernel::NodeInfo& node_;
  size_t inputs_, limit_;
  const FormatQuestions& questions_;
  std::vector<Port> ports_;
  std::vector<kernel::Configuration> found_;
  size_t deepest_ = 0;
};

}  // namespace

std::vector<kernel::Configuration> supported_formats(const kernel::NodeInfo& node, size_t inputs,
                                                     const std::string& plugin, size_t limit,
                                                     const FormatQuestions& questions,
                                                     Diagnostics& diag) {
  Walk walk(node, inputs, limit, questions);
  walk.visit(0);
  std::vector<kernel::Configuration> all = walk.take();
  if (all.empty()) {
    const size_t at = walk.refusing_position();
    diag.info(
        "plugin {}: supportsFormatCombination refuses every format of {} (position {}, type {}); "
        "formats offered: linear and those of docs/precision.md",
        plugin, place(at, inputs), at, to_string(walk.port(at).dtype));
  }
  return all;
}

bool takes_integers(size_t count,
                    const std::function<bool(size_t position, TensorFormat format)>& supports) {
  for (const TensorFormat format :
       {TensorFormat::kLINEAR, TensorFormat::kCHW4, TensorFormat::kCHW32, TensorFormat::kHWC16}) {
    size_t taken = 0;
    while (taken < count && supports(taken, format)) ++taken;
    if (taken == count) return true;
  }
  return false;
}

bool plugin_types_known(const kernel::NodeInfo& node, size_t inputs, const std::string& plugin,
                        Diagnostics& diag) {
  for (size_t i = 0; i < inputs + node.outputs.size(); ++i) {
    const kernel::PortInfo& info = i < inputs ? node.inputs[i] : node.outputs[i - inputs];
    if (to_data_type(info.dtype)) continue;
    diag.info("plugin {}: {} has type {}, which plugins do not know", plugin, place(i, inputs),
              to_string(info.dtype));
    return false;
  }
  return true;
}

}  // namespace tenon::plugin
