// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensor descriptors, and what is done to whole tensors: copies, sums, scalings, reductions. alpha
// and beta point to host memory, to a double where tensors are double, else to a float.
#pragma once

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Descriptors. Axes are batch, channel, then space; strides count elements. */
cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t* tensor);
cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensor);
cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensor, cudnnTensorFormat_t format,
                                         cudnnDataType_t type, int n, int c, int h, int w);
cudnnStatus_t cudnnSetTensor4dDescriptorEx(cudnnTensorDescriptor_t tensor, cudnnDataType_t type,
                                           int n, int c, int h, int w, int n_stride, int c_stride,
                                           int h_stride, int w_stride);
cudnnStatus_t cudnnGetTensor4dDescriptor(const cudnnTensorDescriptor_t tensor,
                                         cudnnDataType_t* type, int* n, int* c, int* h, int* w,
                                         int* n_stride, int* c_stride, int* h_stride,
                                         int* w_stride);
cudnnStatus_t cudnnSetTensorNdDescriptor(cudnnTensorDescriptor_t tensor, cudnnDataType_t type,
                                         int rank, const int dims[], const int strides[]);
cudnnStatus_t cudnnSetTensorNdDescriptorEx(cudnnTensorDescriptor_t tensor,
                                           cudnnTensorFormat_t format, cudnnDataType_t type,
                                           int rank, const int dims[]);
cudnnStatus_t cudnnGetTensorNdDescriptor(const cudnnTensorDescriptor_t tensor, int rank_requested,
                                         cudnnDataType_t* type, int* rank, int dims[],
                                         int strides[]);
cudnnStatus_t cudnnGetTensorSizeInBytes(const cudnnTensorDescriptor_t tensor, size_t* size);

/** y = alpha x + beta y between layouts of the same sizes; y = value; y = alpha y. */
cudnnStatus_t cudnnTransformTensor(cudnnHandle_t handle, const void* alpha,
                                   const cudnnTensorDescriptor_t x_desc, const void* x,
                                   const void* beta, const cudnnTensorDescriptor_t y_desc, void* y);
cudnnStatus_t cudnnSetTensor(cudnnHandle_t handle, const cudnnTensorDescriptor_t y_desc, void* y,
                             const void* value);
cudnnStatus_t cudnnScaleTensor(cudnnHandle_t handle, const cudnnTensorDescriptor_t y_desc, void* y,
                               const void* alpha);

/** C = alpha A + beta C, with A repeated along axes where its size is one. */
cudnnStatus_t cudnnAddTensor(cudnnHandle_t handle, const void* alpha,
                             const cudnnTensorDescriptor_t a_desc, const void* A, const void* beta,
                             const cudnnTensorDescriptor_t c_desc, void* C);

/** C = op(alpha1 A, alpha2 B) + beta C, with B repeated so; SQRT and NOT (1 - A) are of A alone. */
cudnnStatus_t cudnnCreateOpTensorDescriptor(cudnnOpTensorDescriptor_t* descriptor);
cudnnStatus_t cudnnDestroyOpTensorDescriptor(cudnnOpTensorDescriptor_t descriptor);
cudnnStatus_t cudnnSetOpTensorDescriptor(cudnnOpTensorDescriptor_t descriptor, cudnnOpTensorOp_t op,
                                         cudnnDataType_t compute_type, cudnnNanPropagation_t nan);
cudnnStatus_t cudnnGetOpTensorDescriptor(const cudnnOpTensorDescriptor_t descriptor,
                                         cudnnOpTensorOp_t* op, cudnnDataType_t* compute_type,
                                         cudnnNanPropagation_t* nan);
cudnnStatus_t cudnnOpTensor(cudnnHandle_t handle, const cudnnOpTensorDescriptor_t descriptor,
                            const void* alpha1, const cudnnTensorDescriptor_t a_desc, const void* A,
                            const void* alpha2, const cudnnTensorDescriptor_t b_desc, const void* B,
                            const void* beta, const cudnnTensorDescriptor_t c_desc, void* C);

/** C = alpha reduce(A) + beta C over the axes where C's size is one. No workspace is needed;
   indices are not given. */
cudnnStatus_t cudnnCreateReduceTensorDescriptor(cudnnReduceTensorDescriptor_t* descriptor);
cudnnStatus_t cudnnDestroyReduceTensorDescriptor(cudnnReduceTensorDescriptor_t descriptor);
cudnnStatus_t cudnnSetReduceTensorDescriptor(cudnnReduceTensorDescriptor_t descriptor,
                                             cudnnReduceTensorOp_t op, cudnnDataType_t compute_type,
                                             cudnnNanPropagation_t nan,
                                             cudnnReduceTensorIndices_t indices,
                                             cudnnIndicesType_t indices_type);
cudnnStatus_t cudnnGetReduceTensorDescriptor(const cudnnReduceTensorDescriptor_t descriptor,
                                             cudnnReduceTensorOp_t* op,
                                             cudnnDataType_t* compute_type,
                                             cudnnNanPropagation_t* nan,
                                             cudnnReduceTensorIndices_t* indices,
                                             cudnnIndicesType_t* indices_type);
cudnnStatus_t cudnnGetReductionIndicesSize(cudnnHandle_t handle,
                                           const cudnnReduceTensorDescriptor_t descriptor,
                                           const cudnnTensorDescriptor_t a_desc,
                                           const cudnnTensorDescriptor_t c_desc, size_t* bytes);
cudnnStatus_t cudnnGetReductionWorkspaceSize(cudnnHandle_t handle,
                                             const cudnnReduceTensorDescriptor_t descriptor,
                                             const cudnnTensorDescriptor_t a_desc,
                                             const cudnnTensorDescriptor_t c_desc, size_t* bytes);
cudnnStatus_t cudnnReduceTensor(cudnnHandle_t handle,
                                const cudnnReduceTensorDescriptor_t descriptor, void* indices,
                                size_t indices_bytes, void* workspace, size_t workspace_bytes,
                                const void* alpha, const cudnnTensorDescriptor_t a_desc,
                                const void* A, const void* beta,
                                const cudnnTensorDescriptor_t c_desc, void* C);

#ifdef __cplusplus
}
#endif
