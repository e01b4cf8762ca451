"""Case B's algorithm as a plain transcription, image by image: the measure for course_lib.cases.

It follows the description of what the student posted, step by step and in its order, and shares no
code with the library. Case A's is course_lib/cases/posted_program.py, which lesson 00 shows.
"""

import numpy as np


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
