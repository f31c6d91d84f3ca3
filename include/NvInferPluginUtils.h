// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Parameter structures of well-known plugins.
#pragma once

#include "NvInferRuntimeCommon.h"

namespace nvinfer1 {
namespace plugin {

/// Anchors around every cell of a feature map. Sizes are in pixels of the image.
struct PriorBoxParameters {
  float *minSize, *maxSize, *aspectRatios;
  int32_t numMinSize, numMaxSize, numAspectRatios;
  bool flip;          ///< also the inverse of each aspect ratio
  bool clip;          ///< keep boxes inside the image
  float variance[4];  ///< scale of the four coordinates
  int32_t imgH, imgW;
  float stepH, stepW;  ///< distance of cells in pixels
  float offset;        ///< of the first cell, in cells
};

/// Region proposals and pooling in one step.
struct RPROIParams {
  int32_t poolingH, poolingW;
  int32_t featureStride;  ///< pixels of the image for one cell
  int32_t preNmsTop;      ///< boxes kept before suppression
  int32_t nmsMaxOut;      ///< boxes kept after it
  int32_t anchorsRatioCount, anchorsScaleCount;
  float iouThreshold;
  float minBoxSize;
  float spatialScale;
};

/// Anchors on a grid, in relative coordinates.
struct GridAnchorParameters {
  float minSize, maxSize;
  float* aspectRatios;
  int32_t numAspectRatios;
  int32_t H, W;
  float variance[4];
};

/// How the four numbers of a box are coded.
enum class CodeTypeSSD : int32_t {
  CORNER TRT_DEPRECATED_ENUM = 0,
  CENTER_SIZE TRT_DEPRECATED_ENUM = 1,
  CORNER_SIZE TRT_DEPRECATED_ENUM = 2,
  TF_CENTER TRT_DEPRECATED_ENUM = 3
};

/// Boxes out of location and confidence.
struct TRT_DEPRECATED DetectionOutputParameters {
  bool shareLocation;            ///< all classes share a box
  bool varianceEncodedInTarget;  ///< variances are applied already
  int32_t backgroundLabelId;
  int32_t numClasses;
  int32_t topK;      ///< boxes kept before suppression
  int32_t keepTopK;  ///< boxes kept after it
  float confidenceThreshold, nmsThreshold;
  CodeTypeSSD codeType;
  int32_t inputOrder[3];  ///< places of location, confidence and anchors among the inputs
  bool confSigmoid;
  bool isNormalized;
  bool isBatchAgnostic{true};
};

/// Classes arranged as a tree, softmax within each group.
struct softmaxTree {
  int32_t* leaf;
  int32_t n;
  int32_t *parent, *child, *group;
  char** name;
  int32_t groups;
  int32_t *groupSize, *groupOffset;
};

/// Boxes of a one-stage detector.
struct RegionParameters {
  int32_t num, coords, classes;
  softmaxTree* smTree;
};

/// Non-maximum suppression.
struct TRT_DEPRECATED NMSParameters {
  bool shareLocation;
  int32_t backgroundLabelId;
  int32_t numClasses;
  int32_t topK, keepTopK;
  float scoreThreshold, iouThreshold;
  bool isNormalized;
};

}  // namespace plugin
}  // namespace nvinfer1
