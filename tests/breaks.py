"""Break the code on purpose, one place at a time, and see which test notices.

    python -m tests.breaks                     every break, two at a time
    python -m tests.breaks nn figures          those of some rooms
    python -m tests.breaks "a break's name"    some breaks
    python -m tests.breaks --list              their names

Each break is tried in a copy of the course, against the tests of its room, until the first test
fails (`pytest -x`). A table names that test. The exit status is 0 if every break was caught.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
MOST_SECONDS = 300  # for one break; an endless loop is caught, too


class Break(NamedTuple):
    """One place to break: `old` stands exactly once in the file and is replaced by `new`."""

    room: str
    name: str
    file: str  # below course_lib/
    old: str
    new: str
    tests: str = ""  # below tests/; without it, those of the room


def broken(room, file, *breaks):
    return [Break(room, name, f"{room}/{file}", old, new) for name, old, new in breaks]


BREAKS = [
    *broken(
        "datasets", "__init__.py",
        ("rows and columns of an image exchanged", ".transpose(0, 2, 3, 1)", ".transpose(0, 3, 2, 1)"),
        ("a label of 10 is let through", "0 <= label < CLASSES", "0 <= label <= CLASSES"),
        ("fewer labels than images are let through", "if len(labels) != len(pixels):", "if False:"),
        ("test digits from hands that were trained on", "_TRAINING = 1415", "_TRAINING = 1400"),
        ("an enormous file is read", "if size > MAX_FILE_BYTES:", "if False:"),
    ),
    *broken(
        "datasets", "archives.py",
        ("a wrong checksum is let through", "if found.hexdigest() != digest:", "if False:"),
        ("a link in an archive is followed", "member.isreg() and not", "not"),
        ("a sparse file in an archive is read", " and not member.issparse()", ""),
        ("a file of any size is extracted", " and member.size <= MAX_FILE_BYTES", ""),
        ("a path that leads outside is written to", "names.get(member.name)", "names.get(member.name, member.name)"),
        ("a file of another folder is taken", "names.get(member.name)", "names.get(f'{FOLDER_IN_ARCHIVE}/{Path(member.name).name}')"),
        ("a negative size is believed", "if member.size < 0:", "if False:"),
        ("an incomplete folder is moved into place", "        check_complete(part, archive)\n", ""),
        ("a slower process fails", "if not destination.is_dir():", "if True:"),
        ("an unfinished folder stays behind", "    finally:\n        shutil.rmtree(part", "    finally:\n        str(part"),
        ("somebody's unfinished folder is removed", "time.time() - changed > LEFT", "time.time() - changed < LEFT"),
        ("the archive's end is not read", "while plain.read(1 << 20):", "while False:"),
    ),
    *broken(
        "datasets", "data_folders.py",
        ("COURSE_DATA_DIR is ignored", 'if named := setting("COURSE_DATA_DIR"):', "if False:"),
        ("no folder counts as read-only", "        return False\n\n\ndef remedy", "        return True\n\n\ndef remedy"),
        ("COURSE_DATASET is ignored", 'name or setting("COURSE_DATASET") or', "name or"),
        ("quotes around a variable", "text = text[1:-1].strip()", "text = text.strip()"),
        ("only one place for the batches", 'for depth in (1, 2, 3):', "for depth in ():"),
        ("a folder with something in it is deleted", 'f"move {what} elsewhere', 'f"delete {what}'),
    ),
    *broken(
        "datasets", "download.py",
        ("any download will do", '            verify(part / archive.name, "md5", md5)', "            pass"),
        ("a login page is not named", 'if "web page" in what:', "if False:"),
        ("certificates that are not there", "if error.errno:", "if True:"),
        ("what is there is fetched again", "            return archive\n    import", "            pass\n    import"),
    ),
    *broken(
        "datasets", "safe_pickle.py",
        ("a pickle may call anything", "if name not in ALLOWED:", "if False:"),
        ("endless instructions", "if count == MAX_INSTRUCTIONS:", "if False:"),
        ("long keys", "> MAX_KEY_LENGTH:", "> 10**9:"),
        ("Fortran order is ignored", '"F" if is_fortran_order else "C")', '"C")'),
        ("axes in another order in memory", ".transpose(*axes)", ""),
        ("a shape of -1", "and length >= 0 for length", "for length"),
        ("texts multiply", "if encoded > len(data):", "if False:"),
    ),
    *broken(
        "nn", "loops.py",
        ("convolution without its bias", "weight[..., k]) + bias[k]", "weight[..., k])"),
        ("= for += in dx", "dpadded[n, rows, columns] +=", "dpadded[n, rows, columns] ="),
        ("= for += where pooling windows overlap", "column, c] += dy[n, i, j, c]", "column, c] = dy[n, i, j, c]"),
        ("ReLU passes at 0", "0 if x[index] <= 0 else", "0 if x[index] < 0 else"),
        ("the loops take any dy", "check_gradient(dy, np.shape(x))", "np.asarray(dy)"),
    ),
    *broken(
        "nn", "layers.py",
        ("a channel that never changes", "np.where(std > 0, std, 1)", "std"),
        ("each mini-batch normalised by itself", "(-self.mean / self.std)", "(-x.mean() / self.std)"),
        ("the gradient of Normalize", "* self.factor  # dy / std", "/ self.factor"),
        ("= for += where windows overlap", "dwindows[i] += ", "dwindows[i] = "),
        ("filters that ignore the dtype of x", "self.filters(x.dtype)", "self.filters(weight.dtype)"),
        ("all maxima win", "record & ~found", "record"),
        ("ReLU lets 0 pass", "stops = x <= 0\n", "stops = x < 0\n"),
        ("the slope of sigmoid", "self.e / (1 + self.e) ** 2", "self.e / (1 + self.e)"),
        ("the slope of tanh", "1 - self.y**2", "1 - self.y"),
        ("tanh gives away what it remembers", "return self.y.copy()", "return self.y"),
        ("linear takes another mean", "np.dot(self.x.T, dy)", "np.dot(self.x.T, dy / len(dy))"),
        ("the bias gradient of one image", "dy.sum(axis=0)", "dy[0]"),
        ("whole numbers of the first images", "range(0, len(images), 500)", "range(0, 500, 500)"),
        ("bias gradients of all steps add up", 'self.grads["bias"] = dfilters[0, -1]', 'self.grads["bias"] = self.grads.get("bias", 0) + dfilters[0, -1]'),
        ("ReLU fills the same dx again", "return keep_where(self.passes, dy)", 'return keep_where(self.passes, dy, out=self.__dict__.setdefault("dx", np.empty(dy.shape, dy.dtype)))'),
        ("linear keeps the caller's array", 'x.copy("K") if copy else x', "x"),
        ("a nan in a window is lost", "if is_nan.any():", "if False:"),
        ("a mini-batch is saved with the network", "if name not in self.remembers}", "}"),
        ("layers share their params", "layer.params, layer.grads = {}, {}", "layer.params = layer.grads = Layer.__dict__.get('shared') or setattr(Layer, 'shared', {}) or Layer.shared"),
        ("large numbers take large memory", "and images.max() < values_to_count", ""),
        ("a bias of any shape", "check_weights(weight, self.params.get(\"bias\"), axes=2)", "pass"),
        ("Flatten gives dy back", 'dy.reshape(self.shape).copy(order="K")', "dy.reshape(self.shape)"),
        ("gradients in the dtype of x", "np.dot(self.x.T, dy).astype(weight.dtype, copy=False)", "np.dot(self.x.T, dy)"),
        ("too many features are NumPy's to refuse", 'check_channels(x, len(weight), "features")', "pass"),
    ),
    *broken(
        "nn", "shapes.py",
        ("an output too many", "    return (size + 2 * padding - kernel_size) // stride + 1", "    return (size + 2 * padding - kernel_size) // stride + 2"),
        ("a mask is dropped", 'if isinstance(x, np.ndarray) and hasattr(x, "mask"):', "if False:"),
        ("a seed of 0 is no seed", "if rng is not None and is_whole(rng)", "if rng and is_whole(rng)"),
        ("True is a size", "numbers.Integral) and not isinstance(value, bool)", "numbers.Integral)"),
        ("whole numbers are let through", "if not is_float(x.dtype):", "if False:"),
    ),
    *broken(
        "nn", "windows.py",
        ("the paddings exchanged", "padded[PH : PH + H, :, PW : PW + W] = x", "padded[PW : PW + H, :, PH : PH + W] = x"),
        ("= for += where windows overlap along the width", "every(j, stride, OW)] += drows", "every(j, stride, OW)] = drows"),
        ("every row of windows, whatever the stride", "strides=(stride * row,", "strides=(row,"),
    ),
    *broken(
        "nn", "masks.py",
        ("0 times infinity", "    return np.multiply(values.view(bits), mask.view(np.int8), out=result).view(values.dtype)", "    return np.multiply(values, mask, out=out)"),
    ),
    *broken(
        "nn", "losses.py",
        ("no maximum subtracted", "shifted = logits - logits.max(axis=1, keepdims=True)", "shifted = logits"),
        ("the gradient is not a mean", "return gradient / len(gradient)", "return gradient"),
        ("a negative label", "if labels.min() < 0:", "if False:"),
        ("the caller's own labels are kept", "check_labels(labels, *logits.shape).copy()", "check_labels(labels, *logits.shape)"),
        ("infinity becomes a whole number", "np.all(np.abs(labels) < 2**53) and ", ""),
        ("one-hot rows are not known", "np.all(labels.sum(axis=1) == 1)", "False"),
        ("a loss of minus 0", "float(0.0 - log_probabilities", "float(-log_probabilities"),
        ("the gradient is made of the probabilities", "gradient = self.probabilities.copy()", "gradient = self.probabilities"),
        ("targets are broadcast", '        check_shape(targets, "targets"', '        False and check_shape(targets, "targets"'),
    ),
    *broken(
        "nn", "initializers.py",
        ("He without the 2", "np.sqrt(2 / fan_in)", "np.sqrt(1 / fan_in)"),
        ("Xavier by fan_in", "np.sqrt(2 / (fan_in + fan_out))", "np.sqrt(1 / fan_in)"),
    ),
    *broken(
        "nn", "networks.py",
        ("training goes back too far", "self.layers[first + 1 :]", "self.layers[first:]"),
        ("mlp with He everywhere", "he if activation is ReLU else xavier", "he"),
        ("the caller's own list of layers", "        check_layers(self.layers)\n\n    def __call__", "        self.layers = layers if isinstance(layers, list) else self.layers\n\n    def __call__"),
        ("what a layer from elsewhere gave is not copied", "if type(layer) is Linear and is_as_written(before) and", "if type(layer) is Linear and"),
        ("a layer used twice", "if id(layer) in uses:", "if False:"),
        ("tied weights", "if np.shares_memory(weight, array):", "if False:"),
        ("layers that nobody trains", "if not {id(array) for array in part.params.values()} <= own:", "if False:"),
        ("a network inside stays whole", "layer.layers if type(layer) is Sequential else [layer]", "[layer]"),
        ("another's backward is passed over", "for namespace in map(vars, [layer, *type(layer).__mro__]):", "for namespace in map(vars, type(layer).__mro__[-3:]):"),
    ),
    *broken(
        "nn", "optim.py",
        ("a gradient of any shape", 'check_shape(gradient, f"the gradient of {name}", weight.shape, OF_WEIGHT)', "pass"),
        ("a text is a learning rate", "            check_number(getattr(self, name), name)", "            pass"),
        ("momentum forgets", "velocity *= self.momentum", "velocity *= 0"),
        ("weight decay grows", "gradient + self.weight_decay * weight", "gradient - self.weight_decay * weight"),
        ("the cosine ignores the warm-up", "(progress - warmup) / (1 - warmup)", "progress"),
        ("a step changes the gradients", "gradient = gradient + self.weight_decay", "gradient += self.weight_decay"),
        ("a step makes new arrays", "weight -= self.learning_rate * gradient", "layer.params[name] = weight - self.learning_rate * gradient"),
        ("one momentum for all networks", "self.velocities.get((layer, name))", "next(iter(self.velocities.values()), None)"),
    ),
    *broken(
        "nn", "gradcheck.py",
        ("the difference over one step", "/ (2 * step)", "/ step"),
        ("nan counts as right", "        return np.inf\n", "        return 0.0\n"),
        ("x is not put back", "            x[index] = kept\n", "            pass\n"),
        ("x is not put back after an error", "        finally:\n            x[index] = kept\n", "        except ZeroDivisionError:\n            pass\n        x[index] = kept\n"),
        ("f may return a view", "return float(value.reshape(()))", "return value"),
        ("any shape will do in check_network", "        check_same_shape(gradient, place, name)\n        flat", "        flat"),
        ("a check with dy = 0", "if not dy.any():", "if False:"),
        ("nothing to compare", "if a.shape != b.shape or a.size == 0:", "if a.shape != b.shape:"),
        ("always the first numbers", "rng.choice(place.size, min(samples, place.size), replace=False)", "np.arange(min(samples, place.size))"),
    ),
    *broken(
        "nn", "parallel.py",
        ("shares of equal weight", "len(images_) / len(images)", "1 / count"),
        ("a layer from elsewhere is shared out", "own = all(type(layer)", "own = any(type(layer)"),
        ("a loss from elsewhere is shared out", "type(loss).__module__ == losses.__name__ and divisible(network)", "divisible(network)"),
        ("copies for a function that looks on", "in_place = number == 0 or not self.copied", "in_place = number == 0"),
        ("a network of another kind is copied", "return own and type(network) is Sequential", "return own"),
        ("np.errstate ends at the threads", "contextvars.copy_context().run, work", "work"),
        ("calls that have not begun are waited for", "deque(pile, maxlen=0)", "pass"),
        ("more shares than images", "return min(count, len(images))", "return count"),
        ("one core for all calls", "        if count == 1:\n            yield map", "        if True:\n            yield map"),
    ),
    *broken(
        "nn", "training.py",
        ("a bad test set is noticed late", "test = check_test(network, test)", "pass"),
        ("labels beyond the outputs count as wrong", "check_labels(labels, len(images), outputs.shape[1])", "pass"),
        ("images without a batch axis", "if images.ndim != 4 and not rows and", "if False and"),
        ("a layer in place changes the images", "batch = batch.copy()", "pass"),
        ("no shuffling", "batch_size, random if shuffle else None)", "batch_size, None)"),
        ("the last mini-batch is lost", "range(0, count, batch_size)", "range(0, count - batch_size + 1, batch_size)"),
        ("mirrored upside down", "images[:, :, ::-1]", "images[:, ::-1]"),
        ("the smallest output wins", "return outputs.argmax(axis=1)", "return outputs.argmin(axis=1)"),
        ("the schedule ignores the epoch", "(number + step / steps) / epochs", "step / steps"),
        ("the mean over an image too many", "return self.losses / self.seen", "return self.losses / (self.seen + 1)"),
    ),
    *broken(
        "nn", "interrupt.py",
        ("a second press does nothing", "if self.presses > 1:", "if self.presses > 99:"),
        ("Ctrl-C stays taken", "        signal.signal(signal.SIGINT, usual)", "        pass"),
        ("another's Ctrl-C is taken", " or signal.getsignal(signal.SIGINT) is not usual", ""),
        ("a stopped cell trains on", "self.stopped = self.runs", "self.stopped = False"),
    ),
    *broken(
        "diagnostics", "layer_reports.py",
        ("sigmoid saturates too late", "< SATURATED / 4", "< SATURATED / 40"),
        ("the length without its root", "return rms * math.sqrt(row.size), rms", "return rms * row.size, rms"),
        ("overflow found at the wrong end", "for report in reversed(reports):", "for report in reports:"),
        ("the spread of shares", "weights = [math.sqrt(part.size / size)", "weights = [(part.size / size)"),
        ("squares that overflow", "return row / largest, largest", "return row * 1, 1.0"),
        ("dead in one share is dead", "np.logical_and.reduce", "np.logical_or.reduce"),
    ),
    *broken(
        "diagnostics", "recorder.py",
        ("records every step", "if self._steps_taken % self.every:\n                return", "if False:\n                return"),
        ("the change before the update", "        update(network)\n        row", "        row"),
        ("the share of an interrupted step stays", "self._network, self._shares = network, []", "self._network = network"),
        ("one recorder for two networks", "if self._network not in (None, network):", "if False:"),
    ),
    *broken(
        "diagnostics", "gradient_noise.py",
        ("noise with the signal in it", "(square - signal) / signal", "square / signal"),
        ("biases before weights", "for layer, name in parameter_slots(network):", "for layer, name in reversed(list(parameter_slots(network))):"),
        ("mini-batches that are sums", "1 / batch_size)", "1)"),
        ("an image twice in a mini-batch", "replace=replace)", "replace=True)"),
    ),
    *broken(
        "cases", "case_a.py",
        ("images are never mirrored", "else images[:, :, ::-1]", "else images"),
        ("a dead run goes on", "record.frozen = not any_active(network, pictures)", "record.frozen = False"),
        ("frozen too early", "record.frozen = not any_active(network, pictures)", "record.frozen = True"),
    ),
    *broken(
        "cases", "case_b.py",
        ("the value is halved, unlike the post's", "halved=False", "halved=True"),
        ("updates after all", 'self.update == "inside backward"', "False"),
    ),
    *broken(
        "cases", "posted_program.py",
        ("the program's ties by rows", "((0, 0), (1, 0), (0, 1), (1, 1))", "((0, 0), (0, 1), (1, 0), (1, 1))"),
        ("the program's images upright", "np.rot90(images, k=3, axes=(1, 2))", "images.swapaxes(1, 2)"),
        ("the program leaves out the first image", "zip(images, labels, strict=True)", "zip(images[1:], labels[1:], strict=True)"),
        ("a switch that belongs to no part", '("ties",)', "()"),
    ),
    *broken(
        "cases", "posted_parts.py",
        ("ties by rows", "return self.pool.forward(x.swapaxes(1, 2)).swapaxes(1, 2)", "return self.pool.forward(x)"),
        ("ties not divided", " / np.sum(self.is_max, axis=0)", ""),
        ("the probability's gradient", "super().backward() * self._of_label()[:, np.newaxis]", "super().backward()"),
        ("squared error without its Jacobian", "p * dp - p * (p * dp).sum(axis=1, keepdims=True)", "p * dp"),
        ("the scalar becomes an outer product",
         'if self.jacobian == "outer":', "if True:"),
        ("softmax with a shift", "    if shift:\n", "    if True:\n"),
    ),
    *broken(
        "cases", "training_record.py",
        ("dead as soon as it is quiet", "(lively_from_here_on <= RARELY)", "(lively_from_here_on <= 1)"),
        ("overflow is no death", "        if self.overflowed:\n            return len", "        if False:\n            return len"),
    ),
    *broken(
        "cases", "trial.py",
        ("one seed is dead, so all are", "if all(record.died_at", "if any(record.died_at"),
        ("the mean in place of the median", "np.median([record.accuracy", "np.mean([record.accuracy"),
        ("a fault that is not put back", '"no shuffling": ["shuffle"],', '"no shuffling": [],'),
    ),
    *broken(
        "cases", "diagnoses.py",
        ("another advice", '{"learning_rate": 1e-5}', '{"learning_rate": 1e-4}'),
    ),
    *broken(
        "figures", "description.py",
        ("a number too few", "MOST_VALUES = 12", "MOST_VALUES = 11"),
        ("names of bars are left out", "names = _bar_names(axes, container, upright)", 'names = ""'),
        ("hidden artists are told", "return artist.get_visible() and", "return"),
    ),
    *broken(
        "figures", "style.py",
        ("pictures without words", '"text/plain": text}', '"text/plain": ""}'),
        ("a pale colour", '"orange": "#C58600"', '"orange": "#FFD27F"'),
        ("a grid of images transposed", "= images[row, column]", "= images[row, column].swapaxes(0, 1)"),
    ),
    *broken(
        "figures", "colour_contrast.py",
        ("ink that is hard to read", 'return max("black", "white"', 'return min("black", "white"'),
    ),
    *broken(
        "figures", "fast_redraw.py",
        ("a background with what changes in it", "for artist in self._unchanging:\n                artist.draw(renderer)", "self.figure.draw(renderer)"),
    ),
    *broken(
        "figures", "explorer_base.py",
        ("a slider that does nothing", 'control.observe(self.update, names="value")', "pass"),
        ("a blurred picture", "figure.dpi = PRINT_DPI", "figure.dpi = SCREEN_DPI"),
        ("no alternative text", "self.alternative.value = accessibility.alternative(self.title)", "pass"),
    ),
    *broken(
        "figures", "lesson_00_the_case.py",
        ("maps in the wrong order", "row, column = divmod(number, across)", "column, row = divmod(number, across)"),
        ("a share of the wrong array", "np.mean(active == 0)", "np.mean(maps == 0)"),
    ),
    *broken(
        "figures", "lesson_00_program.py",
        ("a switch set otherwise", "getattr(posted, name)", "CaseA.REPAIRED.get(name)"),
        ("one part for all", "{code(part)}\\n```", "{code(self.parts[0])}\\n```"),
    ),
    *broken(
        "figures", "lesson_01_data_loading.py",
        ("three times the red plane", "image[..., channel]", "image[..., 0]"),
        ("a next image that is this one", 'number.value, side="right"', "number.value"),
        ("a curve that is not moved", "(middle - mean[k]) / std[k]", "middle / std[k]"),
    ),
    *broken(
        "figures", "lesson_01_first_success.py",
        ("the unit changes nothing", "largest * x, largest * y", "x, y"),
        ("an accuracy in hundredths", "100 * np.array(accuracies)", "np.array(accuracies)"),
        ("one template for all classes", "weight[:, k]", "weight[:, 0]"),
        ("words of another path", "(path[1] - bottom) * (path[0] - bottom) < 0", "path[1] < path[0]"),
    ),
    *broken(
        "practice", "lessons/lesson_01.py",
        ("a lesson's own code is wrong", "planes.transpose(0, 2, 3, 1)", "planes.transpose(0, 3, 2, 1)"),
        ("a lesson's own slope lacks its 2", "2 * (w * x - y) * x)", "(w * x - y) * x)"),
    ),
    *broken(
        "figures", "lesson_02_conv_forward.py",
        ("a mean that is a sum", "1 / kernel_size**2", "1.0"),
        ("a pixel in no window", "if x not in covered or y not in covered", "if x not in covered and y not in covered"),
        ("a window in another row", "starts[row] - 0.5", "starts[column] - 0.5"),
        ("rays to another output", "place.get_y() + end", "place.get_y() - end"),
        ("products on a scale of their own", "**shades)\n    draw_sums", "**signed_shades(products[row, column]))\n    draw_sums"),
        ("a slider beyond the last window", "    fit_window_slider()\n    return", "    return"),
    ),
    *broken(
        "figures", "lesson_00_death.py",
        ("a cause that the inputs deny", 'step["inputs"][0] < 0:', "False:"),
        ("the last images to wake are not counted", "record.active[died or 0 :]", "record.active[:died]"),
    ),
    *broken(
        "figures", "lesson_03_pool_backward.py",
        ("dx in shades of its own", "**signed_shades(table, *same)", "**signed_shades(table)"),
        ("a faulty gradient that is not named", "bad[name] > limit", "bad[name] > 1"),
        ("a ring in column, row", "        cells[:, 1],\n            cells[:, 0]", "        cells[:, 0],\n            cells[:, 1]"),
    ),
    *broken(
        "figures", "lesson_03_sources.py",
        ("= for += in the explorer", "if assign else sum(amounts)", "if not assign else sum(amounts)"),
        ("a window of the explorer in another row", "top, left = i * stride, j * stride", "top, left = j * stride, i * stride"),
        ("a filter read by columns", "(i + row) * W + j + column", "(i + column) * W + j + row"),
        ("another cell of the filter", "row * size + column, output", "column * size + row, output"),
    ),
    *broken(
        "figures", "lesson_04_softmax.py",
        ("the Jacobian left out", "loss.backward() * len(gaps)", "loss.difference"),
        ("one wrong class for all", "p[0, 1:].sum()", "p[0, 1]"),
        ("a mean for a median", "float(np.median(found))", "float(np.mean(found))"),
    ),
    *broken(
        "figures", "lesson_05_minibatch.py",
        ("the last step is missing", "np.arange(batch_size, IMAGES + 1, batch_size)", "np.arange(batch_size, IMAGES, batch_size)"),
        ("arrows to one side", "np.where(np.arange(len(x)) % 2, -1, 1)", "1"),
        ("one colour for every batch size", "[batch_size.bit_length() - 1]", "[0]"),
    ),
    *broken(
        "figures", "lesson_05_race.py",
        ("a step for every image", "[1 / size for size in self.sizes]", "[1.0 for size in self.sizes]"),
        ("the next test counts, not the last", "return done - 1 if done else None", "return min(done, len(positions) - 1) if done else None"),
        ("bands that overlap are told apart", "lower[2] > first[0] - ROUNDING", "lower[2] > first[1] - ROUNDING"),
    ),
    *broken(
        "figures", "lesson_06_gradient_vanishing.py",
        ("zeros are not marked", "    if zero.any():", "    if False:"),
        ("a jump drawn as a ramp", "np.abs(np.diff(slope)) > 0.5", "np.abs(np.diff(slope)) > 5"),
        ("predictions from the wrong end", "np.abs(layers - layers[start])", "np.abs(layers - layers[0])"),
        ("a gradient in one layer counts as none", "~rows[:2].any(axis=0)", "~rows[:2].all(axis=0)"),
    ),
    *broken(
        "figures", "lesson_06_cliff.py",
        ("a curve drawn beyond the axis", "np.where(inside, sizes, np.nan)", "sizes"),
        ("names on top of each other", "lack = max(0, LABEL_GAP - (ends[j] - ends[i]))", "lack = 0"),
        ("the band's name on another", "return below if is_free(below) and not is_free(above) else above", "return above"),
        ("a Jacobian that is always there", 'list(CHOICES["jacobian"])), loss="squared error"', 'list(CHOICES["jacobian"]))'),
        ("a mark of He in the wrong place", '"He": rounded(math.sqrt(2 / width))', '"He": rounded(math.sqrt(1 / width))'),
    ),
    *broken(
        "figures", "lesson_07_the_verdict.py",
        ("truth and answer exchanged", "np.add.at(counts, (truth, guesses), 1)", "np.add.at(counts, (guesses, truth), 1)"),
        ("accuracy not in percent", "100 * np.array(shares)", "np.array(shares)"),
        ("right answers among the mistakes", "shares - np.diag(np.diag(shares))", "shares"),
        ("filters each on its own scale", "for weight in weights.values()) or 1.0", "for weight in list(weights.values())[:1]) or 1.0"),
    ),
    *broken(
        "figures", "lesson_07_trial.py",
        ("a run without a number of its own", "self.begun += 1 if", "self.begun += 0 if"),
        ("a box that repairs half a fault", '"first weights", "posted weights", ["filters", "weights"]', '"first weights", "posted weights", ["filters"]'),
    ),
    *broken(
        "figures", "accessibility.py",
        ("a title that is markup", '{html.escape(text)}</span>', '{text}</span>'),
        ("a title that nobody hears", '<span role="status" ', "<span "),
    ),
    Break("figures", "a focus that nobody sees", "figures/accessibility.css",
          "outline: 2px solid", "outline: 0px solid", "notebooks/test_pages.py"),
    Break("figures", "sliders without a name", "figures/accessibility.js",
          "  nameSliders(output);", "", "notebooks/test_pages.py"),
    Break("figures", "a menu whose arrow keys JupyterLab takes", "figures/accessibility.js",
          "  keepKeys(output);", "", "notebooks/test_browser.py"),
    Break("figures", "a finger that scrolls the page", "figures/page_explorer.js",
          "  holdPage(part);", "", "notebooks/test_page_explorers.py"),
    Break("figures", "words that are hard to read", "figures/page_explorer.css",
          ".words { margin", ".words { color: #999; margin", "notebooks/test_page_explorers.py"),
    *broken(
        "figures", "cliff/presets.py",
        ("case B without its loss", "loss=case.loss", 'loss="cross-entropy"'),
        ("case A without its first weights", 'init="case A" if', 'init="normal" if'),
    ),
    *broken(
        "figures", "cliff/verdict_words.py",
        ("vanishing goes unnoticed", "if first < FADED * last:", "if False:"),
        ("praise outside the band", "or outside(result) or healthy(result)", "or healthy(result)"),
        ("too long a step goes unnoticed", "if not result.step[layer] > 1:", "if True:"),
    ),
    *broken(
        "figures", "cliff/computation.py",
        ("trained on one mini-batch alone", "np.arange(step * settings.batch_size, (step + 1) * settings.batch_size)", "np.arange(settings.batch_size)"),
        ("sizes that underflow", "astype(np.float64)", "astype(np.float32)"),
        ("a histogram without its zeros", "np.where(values > 0, 1 + np.clip(scaled, 0, BINS - 2), 0)", "1 + np.clip(scaled, 0, BINS - 2)"),
    ),
    *broken(
        "figures", "cliff/settings.py",
        ("out of range", "or not low <= value <= high", ""),
    ),
    *broken(
        "practice", "exercises.py",
        ("what is wrong is used", "function if report.passed else None", "function"),
        ("a stub may call ours", "names[function.__name__] = function\n", "pass\n"),
    ),
    *broken(
        "practice", "checks/engine/compare.py",
        ("float64 for float32", "np.float32: (1e-5, 1e-5)", "np.float32: (1e-1, 1e-1)"),
        ("any shape", "if result.shape != expected.shape:", "if False:"),
        ("True is a whole number", "if isinstance(result, bool) or not isinstance(result, (int, np.integer)):", "if not isinstance(result, (int, np.integer)):"),
        ("every number is near infinity", "return np.where(finite, near, same)", "return near | same"),
        ("small numbers beside large ones", "relative * np.abs(wanted) + absolute * scale", "relative * scale + absolute * scale"),
    ),
    *broken(
        "practice", "checks/engine/common_mistakes.py",
        ("wrong dtypes are wrong numbers", "mine.dtype == right.dtype and ", ""),
        ("what is no array has another shape", " and None not in found", ""),
    ),
    *broken(
        "practice", "checks/engine/runner.py",
        ("points are rounded up", "int(100 * total * passed / len(task.cases)) / 100", "round(100 * total * passed / len(task.cases) + 0.5) / 100"),
        ("weights may be changed", "if len(before) != len(after) or not all(map(np.array_equal, before, after)):", "if len(before) != len(after):"),
        ("an exit ends the hidden tests", "except (Exception, SystemExit, time_limits.OutOfTime):", "except (Exception, time_limits.OutOfTime):"),
        ("each case has the time of all", "calls.problem_of(case, function, limits, number, task.allowed)\n    except time_limits.OutOfTime:", "calls.problem_of(case, function, limits._replace(budgets=(time_limits.Budget(time_limits.CHECK_SECONDS),)), number, task.allowed)\n    except time_limits.OutOfTime:"),
        ("the library's own function counts", "        if task.allowed is not None:\n            refuse_the_librarys_own(function)", "        pass"),
    ),
    *broken(
        "practice", "checks/engine/calls.py",
        ("inputs may be changed", "if not unchanged(inputs[name], value):", "if False:"),
        ("the learner's own inputs", "inputs = copy.deepcopy(case.inputs)\n    watch", "inputs = dict(case.inputs)\n    watch"),
        ("another signature where a case calls in its own way", "if case.use is None or case.parameters:", "if case.use is None:"),
        ("no call in another order", "    if reordered:\n", "    if False:\n"),
        ("no call closed to writing", "    if read_only:\n", "    if False:\n"),
        ("no call in between", "    with_exceptions_ignored(call, case, function, other, limits, allowed)\n", ""),
        ("results may be written over", "if not unchanged(result, kept):", "if False:"),
        ("answers lie open", "        sealing.closed(),\n", ""),
        ("no third call", "if wrong_again(case, function, limits, number, True, read_only) is None:", "if True:"),
        ("arrays in lists stay as they are", "return type(value)(change(part, *arguments) for part in value)", "return value"),
    ),
    *broken(
        "practice", "checks/engine/causes.py",
        ("a hint by chance", "if hint not in listed or same_numbers(found, listed[hint], case)", "if True"),
        ("one of several hints", "return left[0] if len(left) == 1 else \"\"", "return left[0] if left else \"\""),
        ("another dtype hides a mistake", "return fits(in_dtypes_of(result, value), value, case)", "return fits(result, value, case)"),
        ("another case's result is not noticed", "if shapes(case.inputs) == shapes(cases[number].inputs):", "if False:"),
    ),
    *broken(
        "practice", "checks/engine/library_calls.py",
        ("a wrapper hides the library's function", "while isinstance(function, functools.partial):", "while False:"),
        ("all of the library may be called", "        and not f\"{module}.{frame.f_code.co_qualname}\".startswith(tuple(allowed))\n", "        and False\n"),
        ("who is too slow has borrowed", "        and module != time_limits.__name__  # which interrupts them\n", ""),
        ("nothing of the library may be called", "        and not f\"{module}.{frame.f_code.co_qualname}\".startswith(tuple(allowed))\n", ""),
    ),
    *broken(
        "practice", "checks/engine/sealing.py",
        ("any key opens", "if hashlib.sha256(key.encode() + plain).digest()[:DIGEST] != digest:", "if False:"),
        ("open while code runs", "    if _running:\n", "    if False:\n"),
    ),
    *broken(
        "practice", "checks/engine/hidden_tests.py",
        ("the key stays in the history", "    forget_the_cell(key)\n", ""),
        ("the key is the last input", "    history._i00 = PLACEHOLDER  # becomes _i in the next cell\n", ""),
    ),
    *broken(
        "practice", "checks/engine/time_limits.py",
        ("except Exception survives the limit", "class OutOfTime(BaseException):", "class OutOfTime(Exception):"),
        ("a busy machine costs points", "return time.clock_gettime(time.pthread_getcpuclockid(main))", "return time.monotonic()"),
        ("waiting for ever", "min(self.processor - processor_seconds(), self.clock - time.monotonic())", "self.processor - processor_seconds()"),
        ("no limit without threads", "                raise OutOfTime\n\n    monitoring", "                pass\n\n    monitoring"),
        ("endless printing", "if self.full or self.target is None:", "if self.target is None:"),
    ),
    *broken(
        "practice", "checks/engine/randomness.py",
        ("a generator that is not used", "if all(same(results[0], result) for result in results):", "if False:"),
        ("a generator of its own", "if not same(results[0], results[1]):", "if False:"),
        ("bounds too wide", "fewest = int(np.argmax(below > alarm / 2))", "fewest = int(np.argmax(below > alarm / 20))"),
        ("bounds too narrow", "most = draws - int(np.argmax(above[::-1] > alarm / 2))", "most = draws - int(np.argmax(above[::-1] > alarm))"),
    ),
    *broken(
        "practice", "checks/assignment_03_backward_passes.py",
        ("a gradient check that always agrees", "if answer != right:", "if False:"),
        ("a number is compared with the largest", "for index in np.ndindex(wanted.shape):", "for index in ():"),
    ),
    *broken(
        "practice", "checks/lesson_03_pool_backward.py",
        ("losers get something", "if dx[outside].any():", "if False:"),
        ("the shares of winners need not add up", " or not np.isclose(sent.sum(), given)", ""),
    ),
    *broken(
        "practice", "record.py",
        ("half a file", "os.replace(part, path)", "pass"),
        ("another's file is lost", "        os.replace(path, other)\n", "        os.remove(path)\n"),
        ("the other sections are lost", "content[name] = content.get(name, {}) | values", "content = {name: values}"),
    ),
    Break("practice", "no note below a NameError", "practice/notebook.py",
          "error.add_note(note)", "pass", "notebooks/test_robustness.py"),
    *broken(
        "classroom", "bounded_process.py",
        ("no time limit", "if time.monotonic() - start > seconds:", "if False:"),
        ("no memory limit", "if sum(map(memory, family)) > most_bytes:", "if False:"),
        ("children live on", "for member in family:", "for member in [process]:"),
    ),
    *broken(
        "classroom", "grading.py",
        ("half a grading counts as one", 'remove_half_done(course.path("autograded", student))', "pass"),
        ("Ctrl-C waits for every copy", "            stop.set()\n", "            pass\n"),
    ),
    *broken(
        "classroom", "nbgrader_steps.py",
        ("megabytes of output", '"stdout", cut(output.text)', '"stdout", output.text'),
        ("hidden tests are shown", 'output.traceback = [f"{output.ename}: {output.evalue}"]', "pass"),
        ("a copied cell loses its grade", 'del cell.metadata["nbgrader"]', "pass"),
    ),
    *broken(
        "commands", "doctor.py",
        ("all is always well", 'wrong += state == "WRONG"', "wrong += 0"),
        ("what is wrong ends with status 0", "        return 1\n", "        return 0\n"),
        ("a check that breaks down ends the doctor", "except Exception as error:", "except ZeroDivisionError as error:"),
        ("any Python will do", "if sys.version_info >= OLDEST_PYTHON:", "if True:"),
        ("any version will do", "if wanted.specifier.contains(version, prereleases=True):", "if True:"),
        ("a kernel without the course", "    if missing:\n", "    if False:\n"),
    ),
    Break("commands", "copies that are lost end with status 0", "commands/autograde.py",
          "return 1 if lost else 0", "return 0", "classroom/test_nbgrader.py"),
    *broken(
        "commands", "option_values.py",
        ("0 epochs", "int(text) < 1", "int(text) < 0"),
        ("nan is a rate", "    if not fits(value):", "    if False:"),
    ),
]  # fmt: skip


def run(one, course):
    """Break the code in this copy, run the tests, put it back. Returns what caught it, or None."""
    path = course / "course_lib" / one.file
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace(one.old, one.new), encoding="utf-8")
    command = [
        sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider",
        f"tests/{one.tests or one.room}",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            cwd=course,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=MOST_SECONDS,
            env={**os.environ, "PYTHONPATH": str(course)},  # for the kernels that tests start
        )
    except subprocess.TimeoutExpired:
        return f"no end after {MOST_SECONDS} s"
    finally:
        path.write_text(source, encoding="utf-8")
    caught = re.search(r"^(?:FAILED|ERROR) (?:tests/)?(.*?)(?: - |$)", done.stdout, re.MULTILINE)
    if caught:
        return caught[1]
    return f"pytest ended with status {done.returncode}" if done.returncode else None


def copy_of_the_course(folder):
    """Copy all that Git knows or would add; the tests of a copy use its own library."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m tests.breaks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="rooms or breaks; all if none")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    options = parser.parse_args(arguments)
    chosen = [one for one in BREAKS if not options.names or {one.room, one.name} & {*options.names}]
    if options.list or not chosen:
        print(*(f"{one.room}: {one.name}" for one in BREAKS), sep="\n")
        return int(not options.list)
    with tempfile.TemporaryDirectory(prefix="breaks-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(options.jobs):
            copies.put(copy_of_the_course(Path(folder, str(number))))

        def job(one):
            copy, start = copies.get(), time.perf_counter()
            try:
                return one, run(one, copy), time.perf_counter() - start
            finally:
                copies.put(copy)

        print("| room | break | caught by | s |\n|---|---|---|---|")
        survived = 0
        with ThreadPoolExecutor(options.jobs) as pool:
            for one, caught, seconds in pool.map(job, chosen):
                survived += caught is None
                what = f"`{caught}`" if caught else "**nothing**"
                print(f"| {one.room} | {one.name} | {what} | {seconds:.0f} |", flush=True)
    print(f"\n{len(chosen) - survived} of {len(chosen)} breaks were caught.")
    return int(survived > 0)


if __name__ == "__main__":
    sys.exit(main())
