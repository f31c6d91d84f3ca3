# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""A small convolutional network in plain NumPy, with its gradient and its training loop.

Pictures run channels-last inside; the parameters have ONNX's layouts only after `export`.
"""

import time

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

KERNEL = 5  # both convolutions are 5x5 and keep the picture's size
HIDDEN = (8, 16)
POOL = (2, 3)  # window and stride; 28 -> 14 -> 4
FLAT = HIDDEN[1] * 4 * 4


def create_parameters(rng):
    """He-scaled float32 parameters: two filter matrices [25*in, out], one dense matrix, biases."""
    fan = KERNEL * KERNEL

    def scaled(rows, columns):
        return (rng.standard_normal((rows, columns)) * np.sqrt(2 / rows)).astype(np.float32)

    return {
        "w1": scaled(fan, HIDDEN[0]),
        "b1": np.zeros(HIDDEN[0], np.float32),
        "w2": scaled(fan * HIDDEN[0], HIDDEN[1]),
        "b2": np.zeros(HIDDEN[1], np.float32),
        "w3": scaled(FLAT, 10),
        "b3": np.zeros(10, np.float32),
    }


def patches(x):
    """[N, H, W, C] -> [N*H*W, 25*C]: the 5x5 neighbourhood of every pixel, zero outside."""
    pad = KERNEL // 2
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    windows = sliding_window_view(padded, (KERNEL, KERNEL), axis=(1, 2))
    return np.ascontiguousarray(windows.transpose(0, 1, 2, 4, 5, 3)).reshape(
        -1, KERNEL**2 * x.shape[3]
    )


def patches_gradient(grad, shape):
    """The transpose of `patches`: adds every neighbourhood back onto the picture."""
    n, height, width, channels = shape
    pad = KERNEL // 2
    grad = grad.reshape(n, height, width, KERNEL, KERNEL, channels)
    out = np.zeros((n, height + 2 * pad, width + 2 * pad, channels), np.float32)
    for y in range(KERNEL):
        for x in range(KERNEL):
            out[:, y : y + height, x : x + width] += grad[:, :, :, y, x]
    return out[:, pad:-pad, pad:-pad]


def pool(x, size):
    """Max over size x size tiles, the remainder cut off; also returns what the gradient needs."""
    n, height, width, channels = x.shape
    rows, columns = height // size, width // size
    tiles = x[:, : rows * size, : columns * size].reshape(n, rows, size, columns, size, channels)
    tiles = tiles.transpose(0, 1, 3, 5, 2, 4).reshape(n, rows, columns, channels, size * size)
    winner = tiles.argmax(-1)
    return np.take_along_axis(tiles, winner[..., None], -1)[..., 0], winner


def pool_gradient(grad, winner, shape, size):
    """Sends each pooled gradient to the pixel that won its tile."""
    n, height, width, channels = shape
    rows, columns = height // size, width // size
    tiles = np.zeros((n, rows, columns, channels, size * size), np.float32)
    np.put_along_axis(tiles, winner[..., None], grad[..., None], -1)
    tiles = tiles.reshape(n, rows, columns, channels, size, size).transpose(0, 1, 4, 2, 5, 3)
    out = np.zeros(shape, np.float32)
    out[:, : rows * size, : columns * size] = tiles.reshape(
        n, rows * size, columns * size, channels
    )
    return out


def layer(x, weights, bias, size):
    """Convolution, bias, ReLU and max-pool; returns the pooled picture and the gradient's notes."""
    columns = patches(x)
    y = np.maximum(columns @ weights + bias, 0).reshape(*x.shape[:3], -1)
    pooled, winner = pool(y, size)
    return pooled, (columns, y, winner)


def logits(p, x):
    """Scores [N, 10] of pictures [N, 28, 28, 1], and the notes of every layer."""
    first, notes1 = layer(x, p["w1"], p["b1"], POOL[0])
    second, notes2 = layer(first, p["w2"], p["b2"], POOL[1])
    flat = second.reshape(len(x), -1)
    return flat @ p["w3"] + p["b3"], (first, notes1, second, notes2, flat)


def gradient(p, x, labels):
    """The gradient of the mean cross entropy with respect to every parameter."""
    scores, (first, notes1, second, notes2, flat) = logits(p, x)
    scores = np.exp(scores - scores.max(1, keepdims=True))
    scores /= scores.sum(1, keepdims=True)
    scores[np.arange(len(x)), labels] -= 1
    scores /= len(x)
    g = {"w3": flat.T @ scores, "b3": scores.sum(0)}

    columns, y, winner = notes2
    back = (scores @ p["w3"].T).reshape(second.shape)
    back = pool_gradient(back, winner, y.shape, POOL[1])
    back = (back * (y > 0)).reshape(-1, HIDDEN[1])
    g["w2"], g["b2"] = columns.T @ back, back.sum(0)
    back = patches_gradient(back @ p["w2"].T, first.shape)

    columns, y, winner = notes1
    back = pool_gradient(back, winner, y.shape, POOL[0])
    back = (back * (y > 0)).reshape(-1, HIDDEN[0])
    g["w1"], g["b1"] = columns.T @ back, back.sum(0)
    return g


def shifted(x, rng):
    """Moves each picture by up to two pixels: a cheap way to more digits than there are."""
    out = np.zeros_like(x)
    moves = rng.integers(-2, 3, (len(x), 2))
    for image, source, (dy, dx) in zip(out, x, moves):
        to_y, to_x = slice(max(dy, 0), 28 + min(dy, 0)), slice(max(dx, 0), 28 + min(dx, 0))
        from_y, from_x = slice(max(-dy, 0), 28 + min(-dy, 0)), slice(max(-dx, 0), 28 + min(-dx, 0))
        image[to_y, to_x] = source[from_y, from_x]
    return out


def accuracy(p, x, labels):
    """The share of pictures whose highest score is their label."""
    right = sum(
        (logits(p, x[i : i + 500])[0].argmax(1) == labels[i : i + 500]).sum()
        for i in range(0, len(x), 500)
    )
    return right / len(x)


def train(x, labels, epochs, seed, report=print, batch=128, rate=3e-3):
    """Adam with a cosine schedule over shifted digits; returns the parameters."""
    rng = np.random.default_rng(seed)
    p = create_parameters(rng)
    mean = {k: np.zeros_like(v) for k, v in p.items()}
    square = {k: np.zeros_like(v) for k, v in p.items()}
    per_epoch = len(x) // batch
    step, total = 0, epochs * per_epoch
    for epoch in range(epochs):
        start = time.monotonic()
        order = rng.permutation(len(x))
        for i in range(per_epoch):
            chosen = order[i * batch : (i + 1) * batch]
            g = gradient(p, shifted(x[chosen], rng), labels[chosen])
            step += 1
            now = rate * 0.5 * (1 + np.cos(np.pi * step / total))
            for k in p:
                mean[k] += np.float32(0.1) * (g[k] - mean[k])
                square[k] += np.float32(0.001) * (g[k] ** 2 - square[k])
                m, s = mean[k] / (1 - 0.9**step), square[k] / (1 - 0.999**step)
                p[k] = (p[k] - now * m / (np.sqrt(s) + 1e-8)).astype(np.float32)
        report(f"epoch {epoch + 1} of {epochs}: {time.monotonic() - start:.0f} s")
    return p


def export(p):
    """The parameters in ONNX's layouts: filters [out, in, 5, 5], dense [16, 4, 4, 10]."""

    def filters(w, channels):
        return np.ascontiguousarray(w.reshape(KERNEL, KERNEL, channels, -1).transpose(3, 2, 0, 1))

    dense = p["w3"].reshape(4, 4, HIDDEN[1], 10).transpose(2, 0, 1, 3)
    return {
        "filters1": filters(p["w1"], 1),
        "bias1": p["b1"].reshape(-1, 1, 1),
        "filters2": filters(p["w2"], HIDDEN[0]),
        "bias2": p["b2"].reshape(-1, 1, 1),
        "dense": np.ascontiguousarray(dense),
        "bias3": p["b3"].reshape(1, 10),
    }
