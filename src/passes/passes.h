// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every graph pass, each in the source file of its name.
#pragma once

#include "passes/pass.h"

namespace tenon::passes {

/// Turns layers of the network interface that stand for several operators into these: attention of
/// padded sequences, shuffles, scales, squeezes, products of stacks of vectors; and slices that
/// begin where another tensor than their input says.
Status unfold(ir::Graph& graph, PassContext& context);

/// Removes nodes whose outputs nobody reads.
Status dead_code(ir::Graph& graph, PassContext& context);

/// Gives equal things one form: constants right of commutative operators, the plainest activation,
/// transposes that move no data as reshapes.
Status canonicalise(ir::Graph& graph, PassContext& context);

/// Goes around nodes that give back what they get: Identity, no-op Reshape, Transpose, Cast,
/// Expand, Slice, Pad, Concat, x·1, x+0; and joins neighbouring Reshapes and Transposes.
Status simplify_identity(ir::Graph& graph, PassContext& context);

/// Turns values whose content is known into constants, so that shape arithmetic vanishes.
Status content_to_constant(ir::Graph& graph, PassContext& context);

/// Computes nodes whose inputs are all constants, but for Dequantize of i8 and u8. Does nothing
/// without an evaluator.
Status constant_folding(ir::Graph& graph, PassContext& context);

/// Where the context tells the ranges of tensors: puts pairs of Quantize and Dequantize before the
/// inputs and residuals of convolutions and of products with constant matrices, one step being the
/// range's 127th part, and makes their weights i8 with one scale an output channel. Warns of such
/// operators whose input has no range: they stay as they are. So do plugins, unless all their
/// tensors have ranges and the plugin takes integers.
Status insert_quantisation(ir::Graph& graph, PassContext& context);

/// Moves Dequantize behind, and Quantize before, operators that only move or select numbers, so
/// that these work on integers, and drops pairs that undo each other. Conversions of one constant
/// grid for the whole tensor alone are moved.
Status move_quantisation(ir::Graph& graph, PassContext& context);

/// Makes one QuantConvolution or QuantMatMul of a convolution or product of dequantised numbers and
/// constant weights, with its bias, residual and activation and the Quantize behind it; and one
/// QuantSum of a sum or activation, or one QuantPooling of an average, between conversions. A
/// plugin between conversions, all of i8 around zero, works on the integers if it takes them. What
/// is rounded once before is rounded once after.
Status absorb_quantisation(ir::Graph& graph, PassContext& context);

/// Gives sums of two small tensors to the convolution on integers that alone makes one of them for
/// it. The convolution still rounds to its own grid first, so no bit changes.
Status absorb_residual(ir::Graph& graph, PassContext& context);

/// As constant_folding, with what small weights stand for where nothing could absorb them.
Status fold_dequantisation(ir::Graph& graph, PassContext& context);

/// Lets convolutions pad where a Pad with zeros stands before them.
Status fold_pad(ir::Graph& graph, PassContext& context);

/// Folds batch normalisation into the weights of the convolution or matrix product before it;
/// elsewhere makes it one multiplication and one addition.
Status fold_batch_norm(ir::Graph& graph, PassContext& context);

/// Folds multiplication by and addition of per-channel constants into the weights and bias of the
/// convolution or matrix product before them.
Status fold_scale(ir::Graph& graph, PassContext& context);

/// Makes one Activation of what exporters spell out: x·clip(x + 3, 0, 6)/6 and x·hard_sigmoid(x)
/// (HardSwish), x·(erf(x/√2) + 1)/2 (Gelu), with their factors in any order.
Status recognise_activation(ir::Graph& graph, PassContext& context);

/// Makes one Normalization of (x − mean) / √(variance + ε) · scale + bias over the last axes,
/// spelled out. For targets that have a kernel for it: processors have none but the reference.
Status recognise_normalization(ir::Graph& graph, PassContext& context);

/// Makes one Attention of softmax(query · keyᵀ · scale + mask) · value, spelled out, with the
/// transposes around it, where numbers have 16 bits or become such and the one kernel is faster:
/// for 16 queries or more with vectors of a multiple of 8 numbers, up to 64 and at most 1024 keys
/// or 16 a query, or up to 128 and at most 128 keys. A query that may see nothing gives zeros then.
/// For targets that have the kernel.
Status recognise_attention(ir::Graph& graph, PassContext& context);

/// Lets convolutions and matrix products apply the activation behind them, and convolutions add a
/// residual before that.
Status fuse_epilogue(ir::Graph& graph, PassContext& context);

/// Joins neighbouring element-by-element operators of one real type into Pointwise nodes.
Status fuse_pointwise(ir::Graph& graph, PassContext& context);

/// Where the context names a type to lower to: gives products of f32 that type, and what follows
/// them without danger of leaving its range, with casts at the borders. Plugins, network inputs and
/// outputs, and what people look at stay f32.
Status lower_precision(ir::Graph& graph, PassContext& context);

/// A Pointwise node has at most this many steps, loads among them.
inline constexpr size_t kMaxPointwiseSteps = 1024;

/// constant_folding makes no constant larger than this, unless it shrinks what it is made from.
inline constexpr size_t kMaxFoldedBytes = size_t{64} << 20;

}  // namespace tenon::passes
