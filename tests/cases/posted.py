"""Both cases' algorithms as plain transcriptions, image by image: the measure for course_lib.cases.

They follow the description of what the students posted, step by step and in its order, and share no
code with the library.
"""

import numpy as np


def images_of_the_student(pixels):
    """(N, 3072) -> (N, 32, 32, 3): reshaped in Fortran order, then rotated."""
    images = pixels.reshape(len(pixels), 32, 32, 3, order="F")
    return np.rot90(images, k=3, axes=(1, 2))


def case_a_step(  # noqa: C901 (as it was posted: loop in loop)
    image, label, filters, conv_bias, linear, learning_rate=0.001
):
    """One image forward, backward, and the update, in place. Returns (p, (dF, db, dW)).

    image (32, 32, 3), filters (3, 3, 3, 16), conv_bias (16,), linear (3600, 10).
    """
    image = image.astype(np.float64)
    maps = np.zeros((30, 30, 16))
    for k in range(16):
        for i in range(30):
            for j in range(30):
                window = image[i : i + 3, j : j + 3, :]
                maps[i, j, k] = np.sum(window * filters[:, :, :, k]) + conv_bias[k]
    relu = np.maximum(maps, 0)
    pooled = np.zeros((15, 15, 16))
    for k in range(16):
        for i in range(15):
            for j in range(15):
                pooled[i, j, k] = np.max(relu[2 * i : 2 * i + 2, 2 * j : 2 * j + 2, k])
    features = pooled.reshape(1, 3600)
    z = np.dot(features, linear)[0]
    z -= np.max(z)
    p = np.exp(z) / np.sum(np.exp(z))

    dz = p.copy()
    dz[label] -= 1
    dlinear = np.dot(features.T, dz.reshape(1, 10))
    dpooled = np.dot(linear, dz).reshape(15, 15, 16)
    drelu = np.zeros((30, 30, 16))
    for k in range(16):
        for i in range(15):
            for j in range(15):
                for down, right in ((0, 0), (1, 0), (0, 1), (1, 1)):
                    if relu[2 * i + down, 2 * j + right, k] == pooled[i, j, k]:
                        drelu[2 * i + down, 2 * j + right, k] = dpooled[i, j, k]
                        break
    dmaps = drelu * (maps > 0)
    dfilters, dbias = np.zeros((3, 3, 3, 16)), np.zeros(16)
    for i in range(30):
        for j in range(30):
            for k in range(16):
                dfilters[:, :, :, k] += image[i : i + 3, j : j + 3, :] * dmaps[i, j, k]
                dbias[k] += dmaps[i, j, k]
    filters -= learning_rate * dfilters
    conv_bias -= learning_rate * dbias
    linear -= learning_rate * dlinear
    return p, (dfilters, dbias, dlinear)


def case_b_step(images, labels, weights, learning_rate):
    """One mini-batch, image by image, and the update, in place. Returns (p, loss).

    weights: [W1, b1, W2, b2, W3, b3]. Each layer is updated as soon as its gradient is known, and
    the gradient goes on to the layer before through the new weights.
    """
    W1, b1, W2, b2, W3, b3 = weights
    N = len(images)
    x = images.reshape(N, 64).astype(np.float64)
    h = 1 / (1 + np.exp(-(x @ W1 + b1)))
    r = np.maximum(h @ W2 + b2, 0)
    z = r @ W3 + b3
    p = np.zeros((N, 10))
    dz = np.zeros((N, 10))
    loss = 0.0
    for n in range(N):
        exponentials = np.exp(-z[n])
        p[n] = exponentials / np.sum(exponentials)
        y = np.zeros(10)
        y[labels[n]] = 1
        loss += np.sum((p[n] - y) ** 2) / N
        jacobian = np.diag(p[n]) - np.dot(p[n], p[n])  # a number, where an outer product is meant
        dz[n] = -(jacobian @ (p[n] - y)) / N
    gradient = dz
    dW3, db3 = r.T @ gradient, gradient.sum(axis=0)
    W3 -= learning_rate * dW3
    b3 -= learning_rate * db3
    gradient = gradient @ W3.T
    r[r > 0] = 1
    gradient = gradient * r
    dW2, db2 = h.T @ gradient, gradient.sum(axis=0)
    W2 -= learning_rate * dW2
    b2 -= learning_rate * db2
    gradient = (gradient @ W2.T) * h * (1 - h)
    W1 -= learning_rate * (x.T @ gradient)
    b1 -= learning_rate * gradient.sum(axis=0)
    return p, loss
