"""Record the statistics of every layer over a whole training run."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.nn.networks import AnyLayer, Sequential
from course_lib.nn.shapes import check_size

from .layer_reports import (
    Summary,
    combine,
    is_activation,
    layer_name,
    norm_and_rms,
    ratio,
    summarize,
    weigh,
)

LossAndGradients = Callable[..., tuple[float, np.ndarray]]
Update = Callable[[Sequential], None]


class Recorder:
    """What `training.fit` keeps, where it is given one: fit(..., recorder=Recorder()).

    It records the steps 0, every, 2 every, ...: `steps` holds their numbers, and every list of the
    dicts below one number for each of them. One recorder is for one network; where `fit` is called
    again to go on with its training, the numbers of the steps go on too.

    For each array of weights, by names such as "0 Conv2d weight":
    gradients, gradient_rms: L2 norm and root mean square of the mini-batch's gradient.
    gradient_ratios: the gradient's L2 norm over that of the weights.
    update_ratios: the L2 norm of the change that the step made, whatever the optimizer, over that
    of the weights before it. About 1/1000 is a healthy step for a layer's weight, by the rule of
    thumb of Stanford's course CS231n ("Neural Networks Part 3: ratio of weights:updates").

    For each activation layer, by names such as "1 ReLU", over all images of the mini-batch:
    means, stds: of its output. zeros, dead: for ReLU. saturated: for Sigmoid and Tanh. All as
    in `LayerReport`, whose docstring defines them.

    Gradients are those that the optimizer gets, of the whole mini-batch. Outputs are looked at
    during the step's own forward pass, in each share of the mini-batch (parallel.py), and put
    together. So no image goes through the network once more, nothing is drawn from a layer's random
    numbers, and the training is the same with a recorder and without, to the last bit.
    """

    every: int
    steps: list[int]
    gradients: dict[str, list[float]]
    gradient_rms: dict[str, list[float]]
    gradient_ratios: dict[str, list[float]]
    update_ratios: dict[str, list[float]]
    means: dict[str, list[float]]
    stds: dict[str, list[float]]
    zeros: dict[str, list[float]]
    dead: dict[str, list[float]]
    saturated: dict[str, list[float]]
    _network: Sequential | None
    _shares: list[dict[str, Summary]]

    def __init__(self, every: int = 20) -> None:
        check_size(every, "every")
        self.every, self.steps = every, []
        self.gradients, self.gradient_rms = {}, {}
        self.gradient_ratios, self.update_ratios = {}, {}
        self.means, self.stds, self.zeros, self.dead, self.saturated = {}, {}, {}, {}, {}
        self._network, self._steps_taken, self._shares = None, 0, []

    def watch(
        self, network: Sequential, gradients_of: LossAndGradients, update: Update
    ) -> tuple[LossAndGradients, Update]:
        """Return the two halves of a training step, such that this recorder sees them: for `fit`.

        gradients_of(twin, ...) fills the grads from a share of the mini-batch, on any
        thread; twin is the network or a replica of it. update(network) changes the weights.
        """
        if self._network not in (None, network):
            raise ValueError(
                "this recorder already holds the training of another network; "
                "make a new Recorder for this one"
            )
        self._network, self._shares = network, []

        def watched_gradients_of(twin: Sequential, *rest: Any) -> tuple[float, np.ndarray]:
            if self._steps_taken % self.every:
                return gradients_of(twin, *rest)
            twin, watched = copy.copy(twin), {}
            twin.layers = list(twin.layers)
            for number, layer in enumerate(twin.layers):
                if is_activation(layer):
                    name = layer_name(number, layer)
                    twin.layers[number] = watched[name] = Watched(layer)
            result = gradients_of(twin, *rest)
            self._shares.append({name: layer.summary for name, layer in watched.items()})
            return result

        def watched_update(network: Sequential) -> None:
            if self._steps_taken % self.every:
                update(network)
            else:
                self._record(network, update)
            self._steps_taken += 1

        return watched_gradients_of, watched_update

    def _record(self, network: Sequential, update: Update) -> None:
        shares, self._shares = self._shares, []
        arrays = {
            f"{layer_name(number, layer)} {name}": (layer, name)
            for number, layer in enumerate(network.layers)
            for name in getattr(layer, "params", ())
        }
        reports = {key: weigh(*place) for key, place in arrays.items()}
        before = {key: layer.params[name].copy() for key, (layer, name) in arrays.items()}
        update(network)
        row = []
        for key, (layer, name) in arrays.items():
            report = reports[key]
            change, _ = norm_and_rms(layer.params[name] - before[key])
            row += [
                (self.gradients, key, report.gradient_norm),
                (self.gradient_rms, key, report.gradient_rms),
                (self.gradient_ratios, key, report.ratio),
                (self.update_ratios, key, ratio(change, report.norm)),
            ]
        outputs = {
            "mean": self.means,
            "std": self.stds,
            "zeros": self.zeros,
            "dead": self.dead,
            "saturated": self.saturated,
        }
        for key in shares[0]:
            whole = combine([share[key] for share in shares])
            row += [
                (lists, key, whole[name])
                for name, lists in outputs.items()
                if whole[name] is not None
            ]
        self.steps.append(self._steps_taken)  # everything at once: a training may be interrupted
        for lists, key, value in row:
            lists.setdefault(key, []).append(value)


class Watched:
    """An activation layer that computes what it always does, and a summary of its output."""

    def __init__(self, layer: AnyLayer) -> None:
        self.layer, self.params = layer, getattr(layer, "params", {})

    def forward(self, x: np.ndarray) -> np.ndarray:
        y = self.layer.forward(x)
        self.summary = summarize(self.layer, y)
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        return self.layer.backward(dy)
