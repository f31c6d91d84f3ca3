// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading, running and comparing.
#include "tools/tenon/card_run.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tenon/resolve.h"
#include "tools/tenon/card_data.h"
#include "tools/tenon/environment.h"
#include "tools/tenon/watched_run.h"

namespace tenon::command {

namespace {

using nvinfer1::DataType;
using nvinfer1::Dims;
using nvinfer1::ICudaEngine;
using nvinfer1::TensorIOMode;

/// Numbers of one run, by tensor.
using Shown = std::map<std::string, std::vector<double>>;

bool is_open(const Dims& dims) {
  return std::any_of(dims.d, dims.d + dims.nbDims, [](int64_t extent) { return extent < 0; });
}

/// One engine with one real input, run on batches of one size.
class Subject {
 public:
  explicit Subject(std::unique_ptr<ICudaEngine> engine)
      : engine_(std::move(engine)), context_(engine_->createExecutionContext()) {
    if (!context_) throw std::runtime_error("there is no memory for an execution context");
    for (int32_t i = 0; i < engine_->getNbIOTensors(); ++i) take(engine_->getIOTensorName(i));
    if (input_.empty() || output_.empty()) {
      throw std::runtime_error("the engine lacks an input or an output of float32");
    }
    for (auto& [name, numbers] : memory_) {
      const Dims dims = context_->getTensorShape(name.c_str());
      if (is_open(dims)) {
        throw std::runtime_error("how large tensor " + name + " is, only a run tells");
      }
      numbers.assign(volume(dims), 0);
      if (!context_->setTensorAddress(name.c_str(), numbers.data())) {
        throw std::runtime_error("the address of tensor " + name + " was refused");
      }
    }
    context_->setDebugListener(&listener_);
    context_->setUnfusedTensorsDebugState(true);
  }

  [[nodiscard]] const std::string& input() const { return input_; }
  [[nodiscard]] const std::string& output() const { return output_; }
  [[nodiscard]] Dims input_dims() const { return context_->getTensorShape(input_.c_str()); }
  [[nodiscard]] std::vector<float>& given() { return memory_.at(input_); }
  [[nodiscard]] const std::vector<float>& scores() const { return memory_.at(output_); }
  [[nodiscard]] const Shown& shown() const { return shown_; }

  void run() {
    shown_.clear();
    if (!context_->enqueueV3(nullptr)) throw std::runtime_error("the engine does not run");
    shown_[input_] = {given().begin(), given().end()};
    shown_[output_] = {scores().begin(), scores().end()};
  }

 private:
  void take(const std::string& name) {
    const bool real = engine_->getTensorDataType(name.c_str()) == DataType::kFLOAT;
    const bool input = engine_->getTensorIOMode(name.c_str()) == TensorIOMode::kINPUT;
    if (!real || (input && !input_.empty())) {
      throw std::runtime_error("tensor " + name +
                               ": a card feeds engines of one float32 input and reads float32 "
                               "outputs");
    }
    memory_[name];
    if (!input) {
      if (output_.empty()) output_ = name;
      return;
    }
    input_ = name;
    const Dims dims = engine_->getTensorShape(name.c_str());
    if (!is_open(dims)) return;
    context_->setInputShape(name.c_str(), engine_->getProfileShape(
                                              name.c_str(), 0, nvinfer1::OptProfileSelector::kOPT));
  }

  std::unique_ptr<ICudaEngine> engine_;
  std::unique_ptr<nvinfer1::IExecutionContext> context_;
  std::string input_, output_;
  std::map<std::string, std::vector<float>> memory_;
  Shown shown_;
  Listener listener_{[this](const std::string& name, std::vector<double> numbers) {
    shown_[name] = std::move(numbers);
  }};
};

/// What the record of the engine's build says of small integers.
std::vector<CardTensor> quantised_tensors(const std::string& engine, nvinfer1::ILogger& logger) {
  Question question;
  question.path = engine.c_str();
  question.json = true;
  const std::unique_ptr<nvinfer1::IHostMemory> answer(tenon::why(question, logger));
  if (!answer) throw std::runtime_error("it is no engine that can be read");
  const char* text = static_cast<const char*>(answer->data());
  const auto account = nlohmann::json::parse(text, text + answer->size());
  if (!account.contains("layers")) throw std::runtime_error("it is a model: build an engine of it");
  if (!account.value("record", false)) {
    throw std::runtime_error("it has no record of its build, which says what is quantised");
  }
  std::vector<CardTensor> tensors;
  for (const auto& row : account.at("quantised")) {
    CardTensor& one = tensors.emplace_back();
    one.name = row.at("tensor");
    one.stands_for = row.at("stands_for");
    one.type = row.at("type");
    one.source = row.at("source");
    one.scale = row.at("scale");
    one.zero = row.at("zero");
  }
  return tensors;
}

std::unique_ptr<ICudaEngine> load(const std::string& path, nvinfer1::IRuntime& runtime) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::unique_ptr<ICudaEngine> engine(runtime.deserializeCudaEngine(bytes.data(), bytes.size()));
  if (!engine) throw std::runtime_error("it cannot be loaded");
  return engine;
}

std::unique_ptr<Subject> reference_of(const std::string& model, Subject& tested,
                                      nvinfer1::IBuilder& builder, nvinfer1::ILogger& logger) {
  // Operators as the model has them, so that every tensor of its is there to be seen.
  const Variable passes("TENON_SKIP_PASS",
                        "fold_pad,fold_batch_norm,fold_scale,fuse_epilogue,fuse_pointwise");
  const Dims dims = tested.input_dims();
  const ShapeMap shapes{{tested.input(), {dims.d, dims.d + dims.nbDims}}};
  auto made = std::make_unique<Subject>(build_watched(model, shapes, true, builder, logger));
  if (made->input() != tested.input() || made->given().size() != tested.given().size()) {
    throw std::runtime_error(model + " is no model of this engine: its input is '" + made->input() +
                             "', the engine's '" + tested.input() + "', or they differ in size");
  }
  if (made->scores().size() != tested.scores().size()) {
    throw std::runtime_error(model + " is no model of this engine: its first output '" +
                             made->output() + "' has " + std::to_string(made->scores().size()) +
                             " numbers, the engine's '" + tested.output() + "' " +
                             std::to_string(tested.scores().size()));
  }
  return made;
}

void compare(CardTensor& one, const Shown& tested, const Shown* reference) {
  const double least = one.type == "u8" ? 0 : -128, most = one.type == "u8" ? 255 : 127;
  const auto integers = tested.find(one.name);
  const std::vector<double>* found = integers == tested.end() ? nullptr : &integers->second;
  if (found != nullptr) {
    one.shown += found->size();
    // Ranges around zero end at -127 already.
    one.at_limits +=
        static_cast<uint64_t>(std::count_if(found->begin(), found->end(), [&](double q) {
          return q <= (least < 0 ? -most : least) || q >= most;
        }));
  }
  if (reference == nullptr) return;
  const auto real = reference->find(one.stands_for);
  if (real == reference->end()) return;
  const auto zero = static_cast<double>(one.zero);
  const bool alike = found != nullptr && found->size() == real->second.size();
  for (size_t i = 0; i < real->second.size(); ++i) {
    const double wanted = real->second[i];
    const double steps = std::nearbyint(wanted / one.scale) + zero;
    const double kept = std::clamp(steps, least, most);
    one.clipped += steps != kept ? 1 : 0;
    one.greatest = std::max(one.greatest, std::abs(wanted));
    one.grid.add(wanted, (kept - zero) * one.scale);
    if (alike) one.measured.add(wanted, ((*found)[i] - zero) * one.scale);
  }
  one.elements += real->second.size();
}

size_t named_rightly(const std::vector<float>& scores, size_t per, size_t first, size_t count,
                     const std::vector<int64_t>& labels) {
  size_t right = 0;
  for (size_t i = 0; i < count; ++i) {
    const auto begin = scores.begin() + static_cast<std::ptrdiff_t>(i * per);
    const auto best = std::max_element(begin, begin + static_cast<std::ptrdiff_t>(per)) - begin;
    right += best == labels[first + i] ? 1 : 0;
  }
  return right;
}

/// Runs all examples, batch by batch; a last batch that is not full is filled up with its first
/// example, of which nothing is counted twice but in the tensors' figures.
void run_all(Card& card, const Examples& examples, Subject& tested, Subject* reference) {
  const size_t batch = tested.given().size() / examples.size();
  const size_t per = tested.scores().size() / batch;
  size_t right = 0, right_before = 0;
  for (size_t first = 0; first < card.examples; first += batch) {
    const size_t count = std::min(batch, card.examples - first);
    for (size_t i = 0; i < batch; ++i) {
      const size_t from = (first + (i < count ? i : 0)) * examples.size();
      std::copy_n(examples.numbers.begin() + static_cast<std::ptrdiff_t>(from), examples.size(),
                  tested.given().begin() + static_cast<std::ptrdiff_t>(i * examples.size()));
    }
    tested.run();
    if (reference != nullptr) {
      reference->given() = tested.given();
      reference->run();
      for (size_t i = 0; i < count * per; ++i) {
        card.scores.add(reference->scores()[i], tested.scores()[i]);
      }
    }
    for (CardTensor& one : card.tensors) {
      compare(one, tested.shown(), reference != nullptr ? &reference->shown() : nullptr);
    }
    if (examples.labels.empty()) continue;
    right += named_rightly(tested.scores(), per, first, count, examples.labels);
    if (reference == nullptr) continue;
    right_before += named_rightly(reference->scores(), per, first, count, examples.labels);
  }
  if (examples.labels.empty()) return;
  const auto share = [&](size_t n) {
    return static_cast<double>(n) / static_cast<double>(card.examples);
  };
  card.accuracy = share(right);
  if (reference != nullptr) card.reference_accuracy = share(right_before);
}

void note_gaps(Card& card) {
  if (card.tensors.empty()) {
    card.notes.emplace_back(
        "no tensor of the engine is quantised: build with --int8 and ranges, or of a model with "
        "QuantizeLinear");
    return;
  }
  if (!card.compared) {
    card.notes.emplace_back(
        "an engine holds no float32 numbers to compare with: name its float32 model with --model "
        "FILE for SQNR, saturation and the accuracy that was lost");
  }
  const auto none = [&](auto&& seen) {
    return std::none_of(card.tensors.begin(), card.tensors.end(), seen);
  };
  if (none([](const CardTensor& one) { return one.shown > 0; })) {
    card.notes.emplace_back(
        "the engine shows no tensor inside it: build it with --markUnfusedTensorsAsDebugTensors "
        "for what it really computes");
  }
  for (const CardTensor& one : card.tensors) {
    if (card.compared && one.elements == 0) {
      card.notes.push_back("the model has no tensor '" + one.stands_for + "' to compare '" +
                           one.name + "' with");
    }
  }
}

}  // namespace

std::optional<double> Noise::decibels() const {
  if (signal <= 0) return std::nullopt;
  return noise <= 0 ? INFINITY : 10 * std::log10(signal / noise);
}

std::optional<double> CardTensor::saturated() const {
  if (elements > 0) return static_cast<double>(clipped) / static_cast<double>(elements);
  if (shown > 0) return static_cast<double>(at_limits) / static_cast<double>(shown);
  return std::nullopt;
}

Card make_card(const CardArguments& arguments, nvinfer1::ILogger& logger) {
  Card card;
  card.engine = arguments.engine;
  const Examples examples = read_examples(arguments.data);
  card.examples = arguments.limit == 0 ? examples.count : std::min(arguments.limit, examples.count);
  card.data = arguments.data + ", " + examples.what;
  card.tensors = quantised_tensors(arguments.engine, logger);
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(logger));
  const std::unique_ptr<nvinfer1::IBuilder> builder(nvinfer1::createInferBuilder(logger));
  if (!runtime || !builder) throw std::runtime_error("there is no runtime or no builder");
  Subject tested(load(arguments.engine, *runtime));
  card.output = tested.output();
  const size_t room = tested.given().size();
  if (examples.size() == 0 || room % examples.size() != 0) {
    throw std::runtime_error("input '" + tested.input() + "' takes " + std::to_string(room) +
                             " numbers, which are no whole examples of " +
                             std::to_string(examples.size()) + " from " + arguments.data);
  }
  const size_t batch = room / examples.size();
  if (tested.scores().empty() || tested.scores().size() % batch != 0) {
    throw std::runtime_error(
        "output '" + tested.output() + "' has " + std::to_string(tested.scores().size()) +
        " numbers, which are no scores of " + std::to_string(batch) + " examples");
  }
  std::unique_ptr<Subject> reference;
  if (!arguments.model.empty()) {
    reference = reference_of(arguments.model, tested, *builder, logger);
    card.compared = true;
  }
  run_all(card, examples, tested, reference.get());
  note_gaps(card);
  return card;
}

}  // namespace tenon::command
