"""How images are laid out in memory, which is what makes the layers fast.

From outside, a mini-batch is an array (N, H, W, C). Internally, the layers keep it as (H, C, W, N):
row after row, in a row channel after channel, and in these each pixel of all N images side by side:
the batch is innermost. Whatever a layer does to a pixel of one image it does to that pixel of all
images, so each of its innermost loops runs over N neighbours in memory, at full speed, whatever the
window and the stride; and the rows that a convolution's windows see lie together (windows.py).
`batch_last` and `batch_first` go from one view to the other, and between these layers nothing has
to move for it.
"""

import numpy as np


def batch_last(x: np.ndarray) -> np.ndarray:
    """(N, H, W, C) -> (H, C, W, N), in this order in memory too. Copies only if it must."""
    return np.ascontiguousarray(x.transpose(1, 3, 2, 0))


def batch_first(x: np.ndarray) -> np.ndarray:
    """(H, C, W, N) -> (N, H, W, C): another view of the same numbers."""
    return x.transpose(3, 0, 2, 1)
