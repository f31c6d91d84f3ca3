// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The list of kernels, as source and as loader.
#include "backends/dnnl/register.h"

#include "backends/dnnl/library.h"
#include "backends/dnnl/list.h"

namespace tenon::dnnl {

namespace {

template <class Op>
bool serves(const ops::Op& op) {
  return std::holds_alternative<Op>(op);
}

constexpr Row kRows[] = {
    {"convolution", 1, serves<ops::Convolution>, convolution::refuse, convolution::create,
     convolution::load},
    {"mat_mul", 1, serves<ops::MatMul>, mat_mul::refuse, mat_mul::create, mat_mul::load},
    {"quant_convolution", 2, serves<ops::QuantConvolution>, quant_convolution::refuse,
     quant_convolution::create, quant_convolution::load},
    {"quant_mat_mul", 1, serves<ops::QuantMatMul>, quant_mat_mul::refuse, quant_mat_mul::create,
     quant_mat_mul::load},
};

class Source final : public kernel::CandidateSource {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "dnnl"; }

  void candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    for (const Row& row : rows()) {
      if (!row.serves(*node.op)) continue;
      std::string refusal = row.refuse(node);
      const char* why = nullptr;
      if (refusal.empty() && library(&why) == nullptr) refusal = why;
      // oneDNN reads the processor itself: for any other machine it would pack and time wrongly.
      if (refusal.empty() && (target.portable || target.isa != device::local_target().isa)) {
        refusal = "oneDNN builds for this machine only";
      }
      if (refusal.empty()) {
        out.push_back(row.create(row, node, target));
      } else {
        diag.info("dnnl/{}: {}", row.name, refusal);
      }
    }
  }
};

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(const Library* opened, open_library(diag));
  (void)opened;
  for (const Row& row : rows()) {
    if (record.name != row.name) continue;
    if (record.version == row.version) return row.load(record, diag);
    return diag.fail(
        Code::Unsupported,
        "layer '{}' needs kernel dnnl/{}@{}, this build has version {}: build the engine "
        "anew",
        record.node_name, record.name, record.version, row.version);
  }
  return diag.fail(Code::NotFound,
                   "layer '{}' needs kernel dnnl/{}, which this build does not have",
                   record.node_name, record.name);
}

}  // namespace

std::span<const Row> rows() noexcept { return kRows; }

void register_kernels(kernel::Registry& registry) {
  registry.add_source(std::make_unique<Source>());
  registry.add_loader("dnnl", load);
}

}  // namespace tenon::dnnl
