// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tags, post-ops, reorders.
#include "backends/dnnl/descs.h"

namespace tenon::dnnl {

namespace {

using ops::ActivationKind;

dnnl_memory_desc_t make(const Dims& dims, dnnl_format_tag_t tag, DType dtype) {
  dnnl_dims_t extents = {};
  for (int i = 0; i < dims.rank(); ++i) extents[i] = dims[i];
  dnnl_memory_desc_t desc{};
  library()->dnnl_memory_desc_init_by_tag(&desc, dims.rank(), extents, to_data_type(dtype), tag);
  return desc;
}

constexpr dnnl_format_tag_t kPlain[] = {
    dnnl_format_tag_undef, dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde, dnnl_abcdef};

}  // namespace

dnnl_data_type_t to_data_type(DType dtype) noexcept {
  switch (dtype) {
    case DType::F32:
      return dnnl_f32;
    case DType::I8:
      return dnnl_s8;
    case DType::U8:
      return dnnl_u8;
    default:
      return dnnl_data_type_undef;
  }
}

dnnl_memory_desc_t plain_memory_desc(const Dims& dims, DType dtype) {
  if (dims.rank() < 1 || dims.rank() > 6) return {};
  return make(dims, kPlain[dims.rank()], dtype);
}

dnnl_memory_desc_t any_memory_desc(const Dims& dims, DType dtype) {
  return make(dims, dnnl_format_tag_any, dtype);
}

std::optional<dnnl_memory_desc_t> to_memory_desc(const Dims& dims, const kernel::Layout& layout,
                                                 DType dtype) {
  if (layout.is_linear() && dims.rank() >= 1 && dims.rank() <= 6) {
    return plain_memory_desc(dims, dtype);
  }
  if (dims.rank() != 4 || layout.channel_from_end != 3) return std::nullopt;
  if (layout == kernel::Layout::hwc()) return make(dims, dnnl_nhwc, dtype);
  if (layout == kernel::Layout::chw(16)) return make(dims, dnnl_nChw16c, dtype);
  if (layout == kernel::Layout::chw(4)) return make(dims, dnnl_nChw4c, dtype);
  return std::nullopt;
}

std::optional<Eltwise> to_eltwise(const ops::Activation& activation) {
  const float alpha = activation.alpha, beta = activation.beta;
  switch (activation.kind) {
    case ActivationKind::None:
      return Eltwise{};
    case ActivationKind::Relu:
      return Eltwise{dnnl_eltwise_relu, 0, 0};
    case ActivationKind::LeakyRelu:
      return Eltwise{dnnl_eltwise_relu, alpha, 0};
    case ActivationKind::Clip:
      return Eltwise{dnnl_eltwise_clip, alpha, beta};
    case ActivationKind::Sigmoid:
      return Eltwise{dnnl_eltwise_logistic, 0, 0};
    case ActivationKind::Tanh:
      return Eltwise{dnnl_eltwise_tanh, 0, 0};
    case ActivationKind::Elu:
      return Eltwise{dnnl_eltwise_elu, alpha, 0};
    case ActivationKind::HardSwish:
      // oneDNN has it with the usual constants only.
      if (alpha != 1.0F / 6 || beta != 0.5F) return std::nullopt;
      return Eltwise{dnnl_eltwise_hardswish, 0, 0};
    case ActivationKind::GeluErf:
      return Eltwise{dnnl_eltwise_gelu_erf, 0, 0};
    default:
      return std::nullopt;
  }
}

namespace {

/// Attributes with the scratchpad left to the caller, and the list of post-ops to fill.
struct AttrInMaking {
  Attr attr;
  PostOps post_ops;
  bool ok = false;

  AttrInMaking() {
    const Library& lib = *library();
    dnnl_primitive_attr_t raw_attr = nullptr;
    dnnl_post_ops_t raw_ops = nullptr;
    if (lib.dnnl_primitive_attr_create(&raw_attr) != dnnl_success) return;
    attr.reset(raw_attr);
    if (lib.dnnl_post_ops_create(&raw_ops) != dnnl_success) return;
    post_ops.reset(raw_ops);
    ok = lib.dnnl_primitive_attr_set_scratchpad_mode(raw_attr, dnnl_scratchpad_mode_user) ==
         dnnl_success;
  }
  void append(const Eltwise& eltwise) {
    if (eltwise.kind == dnnl_alg_kind_undef) return;
    ok = ok && library()->dnnl_post_ops_append_eltwise(post_ops.get(), 1, eltwise.kind,
                                                       eltwise.alpha, eltwise.beta) == dnnl_success;
  }
  Attr finish() && {
    ok = ok &&
         library()->dnnl_primitive_attr_set_post_ops(attr.get(), post_ops.get()) == dnnl_success;
    return ok ? std::move(attr) : nullptr;
  }
};

}  // namespace

Attr make_attr(const Eltwise& eltwise, bool sum) {
  AttrInMaking made;
  if (sum) {
    made.ok =
        made.ok && library()->dnnl_post_ops_append_sum(made.post_ops.get(), 1) == dnnl_success;
  }
  made.append(eltwise);
  return std::move(made).finish();
}

Attr make_attr(const Rescaling& rescaling) {
  const Library& lib = *library();
  auto eltwise = to_eltwise(rescaling.activation);
  if (!eltwise) return nullptr;
  AttrInMaking made;
  const bool small = rescaling.to != DType::F32;
  // Activations that scale with their argument work in steps of the output; others on real numbers.
  const ActivationKind kind = rescaling.activation.kind;
  const bool in_steps = kind == ActivationKind::None || kind == ActivationKind::Relu ||
                        kind == ActivationKind::LeakyRelu || kind == ActivationKind::Clip;
  const float step = small && in_steps ? 1 / rescaling.y.scale : 1;
  if (kind == ActivationKind::Clip) eltwise->alpha *= step, eltwise->beta *= step;
  if (rescaling.between && !(small && in_steps)) return nullptr;
  const float first_step = rescaling.between ? 1 / rescaling.between->scale : step;
  std::vector<float> scales = rescaling.scales;
  for (float& scale : scales) scale *= first_step;
  made.ok = made.ok &&
            lib.dnnl_primitive_attr_set_output_scales(
                made.attr.get(), static_cast<dnnl_dim_t>(scales.size()),
                scales.size() == 1 ? 0 : rescaling.channel_mask, scales.data()) == dnnl_success;
  if (rescaling.between) {
    const float least = rescaling.to == DType::U8 ? 0 : -128;
    const auto zero = static_cast<float>(rescaling.between->zero);
    made.append({dnnl_eltwise_round, 0, 0});
    made.append({dnnl_eltwise_clip, least - zero, least + 255 - zero});
    made.append({dnnl_eltwise_linear, rescaling.between->scale * step, 0});
  }
  if (rescaling.residual) {
    made.ok = made.ok &&
              lib.dnnl_post_ops_append_sum_v3(made.post_ops.get(), rescaling.residual->scale * step,
                                              static_cast<int32_t>(rescaling.residual->zero),
                                              to_data_type(rescaling.to)) == dnnl_success;
  }
  made.append(*eltwise);
  if (small && !in_steps) made.append({dnnl_eltwise_linear, 1 / rescaling.y.scale, 0});
  const auto shift = [&](int argument, int64_t zero) {
    const auto value = static_cast<int32_t>(zero);
    if (value == 0) return;
    made.ok = made.ok && lib.dnnl_primitive_attr_set_zero_points(made.attr.get(), argument, 1, 0,
                                                                 &value) == dnnl_success;
  };
  shift(DNNL_ARG_SRC, rescaling.x.zero);
  if (small) shift(DNNL_ARG_DST, rescaling.y.zero);
  return std::move(made).finish();
}

const dnnl_memory_desc_t* query_md(const PrimitiveDesc& desc, dnnl_query_t what, int index) {
  return library()->dnnl_primitive_desc_query_md(desc.get(), what, index);
}

size_t scratchpad_bytes(const PrimitiveDesc& desc) {
  const dnnl_memory_desc_t* md = query_md(desc, dnnl_query_scratchpad_md);
  return md == nullptr ? 0 : library()->dnnl_memory_desc_get_size(md);
}

bool reorder(const dnnl_memory_desc_t& from, const void* source, const dnnl_memory_desc_t& to,
             void* target) {
  const Library& lib = *library();
  dnnl_primitive_desc_t raw_desc = nullptr;
  if (lib.dnnl_reorder_primitive_desc_create(&raw_desc, &from, lib.engine, &to, lib.engine,
                                             nullptr) != dnnl_success) {
    return false;
  }
  const PrimitiveDesc desc(raw_desc);
  dnnl_primitive_t raw_primitive = nullptr;
  dnnl_memory_t raw_from = nullptr, raw_to = nullptr;
  if (lib.dnnl_primitive_create(&raw_primitive, raw_desc) != dnnl_success) return false;
  const Primitive primitive(raw_primitive);
  if (lib.dnnl_memory_create(&raw_from, &from, lib.engine, const_cast<void*>(source)) !=
      dnnl_success) {
    return false;
  }
  const Memory memory_from(raw_from);
  if (lib.dnnl_memory_create(&raw_to, &to, lib.engine, target) != dnnl_success) return false;
  const Memory memory_to(raw_to);
  const dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, raw_from}, {DNNL_ARG_TO, raw_to}};
  return lib.dnnl_primitive_execute(raw_primitive, lib.stream, 2, args) == dnnl_success;
}

}  // namespace tenon::dnnl
