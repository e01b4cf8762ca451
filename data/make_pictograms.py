"""Make pictograms-10-python.tar.gz: a small stand-in for CIFAR-10, in CIFAR-10's own file format.

    python data/make_pictograms.py [--seed 2024] [--font PATH] [--out PATH] [--contact-sheet PNG]

Every image is painted in four steps: a landscape or a room, then one pictogram of the class from
the Noto Color Emoji font, then the light that falls on both, then the camera. All randomness comes
from one seeded generator: the same seed, font and library versions give the same bytes.
"""

import argparse
import gzip
import hashlib
import io
import os
import pickle
import struct
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

IMAGES_PER_CLASS = 100  # in each of the six files
SIZE = 32  # pixels along an edge of a finished image
CANVAS = 64  # pixels along an edge while painting
FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
FONT_SIZE = 109  # the only size this bitmap font has
GLYPH_BOX = (136, 128)  # width and height of its glyphs, in pixels
RUNWAY_ROW = 96  # in the glyphs 🛫 and 🛬 a piece of runway begins here
ARCHIVE = Path(__file__).with_name("pictograms-10-python.tar.gz")

# What to paint: a class has several (pose, glyphs, scenes), each chosen with equal chance.
PICTURES = {
    "airplane": [("fly", "✈🛩🛫🛬", "sky coast sea plain town meadow snow harbour")],
    "automobile": [("stand", "🚗🚙🚘🚕🚖🚓", "road road street street dirt snow")],
    "bird": [
        ("fly", "🦅🕊", "sky coast sea plain town meadow"),
        ("perch", "🐦🦉🦜", "sky woods plain"),
        ("stand", "🐦🦆🐓", "meadow lawn beach dirt"),
        ("float", "🦢", "sea lake pond coast"),
    ],
    "cat": [
        ("stand", "🐈", "room lawn dirt street"),
        ("face", "🐱😺", "room"),
        ("face", "🐱😺", "lawn woods meadow"),
        ("face", "🐱😺", "street dirt"),
    ],
    "deer": [
        ("stand", "🦌", "meadow woods snow steppe road"),
        ("bust", "🫎", "meadow woods snow lake lawn"),
    ],
    "dog": [
        ("stand", "🐕🐩", "room lawn beach dirt snow meadow"),
        ("face", "🐶", "room lawn beach woods"),
    ],
    "frog": [
        ("face", "🐸", "lawn woods dirt meadow beach road"),
        ("float", "🐸", "pond lake"),
    ],
    "horse": [
        ("stand", "🐎🏇", "meadow steppe beach dirt snow"),
        ("bust", "🐴", "meadow steppe woods plain lawn"),
    ],
    "ship": [("float", "🚢⛵🛳⛴🚤🛥", "sea coast coast lake harbour")],
    "truck": [("stand", "🚚🚛🚒", "road road street street dirt snow")],
}
CLASSES = list(PICTURES)  # in CIFAR-10's order: label 0 is airplane, label 9 is truck

# How: length of the glyph's longer side (part of the canvas) and largest tilt in degrees.
POSES = {
    "fly": ((0.5, 0.9), 25),
    "stand": ((0.52, 0.95), 8),
    "float": ((0.5, 0.92), 8),
    "perch": ((0.5, 0.85), 12),
    "face": ((0.48, 0.9), 20),
    "bust": ((0.58, 0.95), 14),
}

# Ranges of hue shift (part of the colour circle), of saturation kept, and of brightness kept.
COLOURS = {
    "airplane": ((-0.15, 0.15), (0.3, 0.9), (0.7, 1.1)),
    "automobile": ((-0.06, 0.4), (0.2, 0.85), (0.6, 1.05)),
    "bird": ((-0.05, 0.05), (0.4, 0.9), (0.65, 1.1)),
    "cat": ((-0.06, 0.0), (0.05, 0.85), (0.55, 1.1)),
    "deer": ((-0.01, 0.03), (0.2, 0.9), (0.6, 1.2)),
    "dog": ((-0.02, 0.02), (0.3, 1.0), (0.6, 1.15)),
    "frog": ((-0.1, 0.08), (0.3, 0.85), (0.5, 1.05)),
    "horse": ((-0.02, 0.02), (0.2, 0.9), (0.55, 1.15)),
    "ship": ((-0.25, 0.25), (0.2, 0.9), (0.45, 1.1)),
    "truck": ((-0.06, 0.25), (0.2, 0.9), (0.6, 1.05)),
}

# Where: what is behind, what stands far off, the ground, and the horizon (0 top edge, 1 bottom).
SCENES = {
    "sky": ("air", None, "grass", (1.1, 1.2)),
    "coast": ("air", None, "sea", (0.55, 0.95)),
    "plain": ("air", "hills", "grass", (0.65, 0.95)),
    "town": ("air", "houses", "asphalt", (0.75, 1.0)),
    "sea": ("air", None, "sea", (0.2, 0.6)),
    "harbour": ("air", "houses", "sea", (0.3, 0.55)),
    "lake": ("air", "hills", "lake", (0.2, 0.5)),
    "pond": ("leaves", None, "lake", (-0.1, 0.3)),
    "beach": ("air", "sea", "sand", (0.2, 0.55)),
    "meadow": ("air", "trees", "grass", (0.15, 0.6)),
    "lawn": ("leaves", None, "grass", (-0.1, 0.35)),
    "steppe": ("air", "hills", "straw", (0.2, 0.6)),
    "woods": ("leaves", "trunks", "litter", (0.4, 0.9)),
    "snow": ("air", "trees", "snow", (0.2, 0.6)),
    "dirt": ("air", "trees", "dirt", (0.1, 0.5)),
    "road": ("air", "hills", "asphalt", (0.25, 0.55)),
    "street": ("air", "houses", "asphalt", (0.35, 0.6)),
    "room": ("wall", None, "floor", (0.2, 0.65)),
}

# Colours are red, green, blue in 0..255. Backdrops run from the top edge to the horizon.
BACKDROPS = {
    "air": [
        ((92, 142, 196), (178, 206, 226)),  # clear
        ((112, 168, 214), (196, 220, 232)),  # summer
        ((120, 160, 200), (214, 222, 224)),  # hazy
        ((150, 158, 166), (196, 200, 202)),  # overcast
        ((108, 118, 158), (236, 190, 154)),  # evening
        ((70, 84, 122), (158, 142, 158)),  # dusk
    ],
    "leaves": [
        ((60, 84, 50), (104, 130, 72)),
        ((84, 106, 70), (134, 150, 96)),
        ((112, 98, 62), (150, 128, 80)),
    ],
    "wall": [
        ((206, 198, 182), (188, 178, 160)),
        ((156, 170, 172), (138, 152, 154)),
        ((190, 160, 136), (170, 140, 118)),
        ((122, 132, 120), (104, 112, 102)),
    ],
}
DISTANCE = {
    "hills": [(112, 134, 130), (96, 118, 92), (128, 124, 118)],
    "trees": [(58, 82, 56), (78, 96, 64), (94, 88, 58)],
    "houses": [(128, 122, 124), (146, 128, 112), (98, 104, 118)],
    "trunks": [(66, 54, 44), (86, 72, 58), (104, 98, 88)],
    "sea": [(92, 132, 152), (78, 118, 140), (118, 146, 156)],
}
# Grounds run from the horizon to the bottom edge.
GROUNDS = {
    "grass": [
        ((148, 170, 96), (92, 128, 60)),
        ((124, 148, 98), (76, 104, 64)),
        ((176, 172, 108), (128, 132, 70)),
        ((164, 184, 116), (118, 150, 74)),
    ],
    "straw": [((204, 186, 124), (164, 138, 84)), ((176, 166, 112), (140, 128, 76))],
    "sand": [((222, 204, 166), (198, 174, 132)), ((200, 188, 164), (180, 162, 130))],
    "snow": [((212, 220, 228), (194, 206, 220)), ((196, 202, 212), (212, 214, 218))],
    "dirt": [((172, 148, 114), (136, 110, 82)), ((150, 138, 116), (120, 108, 90))],
    "litter": [((92, 92, 58), (122, 96, 62)), ((88, 108, 62), (74, 82, 50))],
    "asphalt": [((146, 146, 148), (112, 112, 116)), ((132, 128, 124), (102, 100, 100))],
    "floor": [
        ((184, 142, 100), (150, 110, 74)),
        ((122, 92, 70), (98, 72, 54)),
        ((160, 152, 142), (136, 128, 120)),
        ((150, 108, 104), (126, 88, 88)),
        ((110, 124, 140), (90, 104, 122)),
    ],
    "sea": [
        ((132, 172, 188), (62, 116, 146)),
        ((140, 158, 166), (96, 118, 130)),
        ((140, 190, 184), (66, 146, 152)),
        ((84, 104, 126), (50, 68, 94)),
        ((206, 176, 156), (120, 116, 132)),
    ],
    "lake": [
        ((132, 158, 152), (70, 108, 104)),
        ((114, 146, 158), (74, 110, 122)),
        ((140, 156, 150), (88, 104, 104)),
    ],
}
# Bumps of each ground's texture, down and across: flat bumps make waves and floorboards.
TEXTURES = {
    "grass": (20, 16),
    "straw": (20, 12),
    "sand": (12, 6),
    "snow": (6, 4),
    "dirt": (16, 10),
    "litter": (22, 18),
    "asphalt": (10, 6),
    "floor": (24, 2),
    "sea": (28, 4),
    "lake": (28, 4),
}

README = """<html><head><title>pictograms-10</title></head><body>
<h1>pictograms-10</h1>
<p>6,000 small pictures of ten classes, in the file format of the python version of CIFAR-10: five
training batches and one test batch of 1,000 images each. They are not photographs: each shows a
pictogram on a painted background. <code>make_pictograms.py</code> made them.</p>
<p>The pictograms come from the Noto Color Emoji font, copyright 2013-2017 Google Inc., under the
SIL Open Font License 1.1, which does not restrict pictures made with the font. Everything else in
the images is given to the public domain (CC0 1.0).</p>
</body></html>
"""


def load_glyphs(font_path):
    """Read every glyph in PICTURES from the font: dict of character -> cropped RGBA image."""
    if not Path(font_path).is_file():
        raise SystemExit(
            f"No font at {font_path}: install Noto Color Emoji (Debian, Ubuntu: "
            "apt install fonts-noto-color-emoji) or say where it is with --font."
        )
    font = ImageFont.truetype(str(font_path), FONT_SIZE, layout_engine=ImageFont.Layout.BASIC)
    glyphs = {}
    for character in "".join(text for choices in PICTURES.values() for _, text, _ in choices):
        image = Image.new("RGBA", GLYPH_BOX)
        ImageDraw.Draw(image).text((0, 0), character, font=font, embedded_color=True)
        if image.getbbox() is None:
            raise SystemExit(f"{font_path} has no glyph for {character}: use a newer version.")
        if character in "🛫🛬":
            image = image.crop((0, 0, GLYPH_BOX[0], RUNWAY_ROW))
        glyphs[character] = image.crop(image.getbbox())
    return glyphs


def choose(rng, options):
    """One element of a sequence, each with the same chance."""
    return options[rng.integers(len(options))]


def soft_noise(rng, down, across):
    """A smooth random field (CANVAS, CANVAS) of down x across bumps, roughly in -1..1."""
    bumps = rng.uniform(-1, 1, (down, across)).astype(np.float32)
    field = Image.fromarray(bumps).resize((CANVAS, CANVAS), Image.Resampling.BICUBIC)
    return np.asarray(field, np.float64)


def blend(below, above, amount):
    """Mix two pictures (H, W, 3); amount (H, W) is 0 for the one below and 1 for the one above."""
    return below + amount[:, :, None] * (above - below)


def gradient(colours, position):
    """Colours (H, W, 3) between a first and a last colour; position (H, W) runs from 0 to 1."""
    first, last = np.array(colours, np.float64)
    return first + np.clip(position, 0, 1)[:, :, None] * (last - first)


def soften(picture, radius):
    """Blur a picture (H, W, 3) in 0..255 by this radius in pixels."""
    image = Image.fromarray(picture.round().clip(0, 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float64)


def paint_backdrop(rng, kind, rows, horizon):
    """What is behind everything, (H, W, 3): a sky with clouds, foliage, or a wall."""
    picture = gradient(choose(rng, BACKDROPS[kind]), rows / max(horizon, 0.3))
    if kind == "air":
        field = soft_noise(rng, 7, 4) + 0.5 * soft_noise(rng, 16, 9)
        cover = np.clip(field + rng.uniform(-0.9, 0.5), 0, 1) * rng.uniform(0.3, 0.9)
        return blend(picture, np.full(3, 170) + 0.3 * picture.mean(), cover)
    dapple = 24 * soft_noise(rng, 6, 6) + 18 * soft_noise(rng, 18, 18)
    return picture + (1.0 if kind == "leaves" else 0.2) * dapple[:, :, None]


def add_distance(rng, picture, kind, rows, horizon):
    """Add what stands along the horizon: hills, trees, houses, tree trunks or a strip of sea."""
    if kind == "hills":
        height = 0.12 + 0.1 * soft_noise(rng, 1, 4)[0]
    elif kind == "trees":
        height = 0.16 + 0.07 * soft_noise(rng, 1, 6)[0] + 0.05 * soft_noise(rng, 1, 24)[0]
    elif kind == "houses":
        height = np.repeat(rng.uniform(0.05, 0.4, CANVAS // 8), 8)
    elif kind == "trunks":
        height = np.where(soft_noise(rng, 1, 14)[0] > 0.3, 1.0, 0.0)
    else:
        height = np.full(CANVAS, rng.uniform(0.06, 0.2))
    colour = choose(rng, DISTANCE[kind]) + 10 * soft_noise(rng, 10, 10)[:, :, None]
    return blend(picture, colour, 0.85 * np.clip((rows - horizon + height) * 24, 0, 1))


def add_road(rng, ground, depth):
    """Make a ground (H, W, 3) a road: a grass verge at its far side and a dashed white line."""
    grass = gradient(choose(rng, GROUNDS["grass"]), depth)
    line = np.clip(1 - np.abs(depth - rng.uniform(0.3, 0.9)) / 0.05, 0, 1)
    dashes = (np.arange(CANVAS) + rng.integers(CANVAS)) % 24 < 14
    return blend(ground + 50 * (line * dashes)[:, :, None], grass, np.clip(4 - 20 * depth, 0, 1))


def add_ground(rng, picture, kind, rows, horizon):
    """Add the ground below a soft horizon, with a texture that grows towards the viewer."""
    depth = np.clip((rows - horizon) / (1.05 - horizon), 0, 1)
    texture = soft_noise(rng, *TEXTURES[kind]) + 0.7 * soft_noise(rng, 5, 4)
    texture = texture[(np.sqrt(depth[:, 0]) * (CANVAS - 1)).astype(int)]
    ground = gradient(choose(rng, GROUNDS[kind]), depth)
    ground += rng.uniform(8, 18) * texture[:, :, None]
    if kind == "asphalt":
        ground = add_road(rng, ground, depth)
    return blend(picture, ground, np.clip((rows - horizon) / 0.02, 0, 1))


def paint_scene(rng, name):
    """A background (CANVAS, CANVAS, 3), a little out of focus, and the height of its horizon."""
    backdrop, distance, ground, horizon_range = SCENES[name]
    horizon = rng.uniform(*horizon_range)
    slope = rng.uniform(-0.04, 0.04) * np.linspace(-1, 1, CANVAS)
    rows = np.linspace(0, 1, CANVAS)[:, None] + slope
    picture = paint_backdrop(rng, backdrop, rows, horizon)
    if distance:
        picture = add_distance(rng, picture, distance, rows, horizon)
    picture = add_ground(rng, picture, ground, rows, horizon)
    return soften(picture, rng.uniform(1.2, 3.0)), horizon


def recolour(rng, glyph, hue_shifts, saturations, brightnesses):
    """Shift the hue of a glyph's strong colours; mute, dim or brighten all of them."""
    hsv = np.asarray(glyph.convert("RGB").convert("HSV"), np.float64)
    hue, saturation, brightness = hsv[:, :, 0], hsv[:, :, 1], hsv[:, :, 2]
    shift = 256 * rng.uniform(*hue_shifts)
    hue = np.where(saturation > 100, hue + shift, hue) % 256
    saturation = saturation * rng.uniform(*saturations)
    brightness = (brightness * rng.uniform(*brightnesses)).clip(0, 255)
    hsv = np.stack([hue, saturation, brightness], axis=2).astype(np.uint8)
    coloured = Image.fromarray(hsv, "HSV").convert("RGB")
    coloured.putalpha(glyph.getchannel("A"))
    return coloured


def reshape(rng, glyph, length_range, max_tilt):
    """Mirror, tilt, squeeze and scale a glyph; its longer side becomes length_range x CANVAS."""
    if rng.random() < 0.5:
        glyph = glyph.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    glyph = glyph.rotate(rng.uniform(-max_tilt, max_tilt), Image.Resampling.BICUBIC, expand=True)
    glyph = glyph.crop(glyph.getbbox())
    scale = rng.uniform(*length_range) * CANVAS / max(glyph.size)
    width = round(glyph.width * scale * rng.uniform(0.88, 1.12))
    return glyph.resize((width, round(glyph.height * scale)), Image.Resampling.LANCZOS)


def find_place(rng, pose, width, height, horizon):
    """Left and top edge, in canvas pixels, where a glyph of this size and pose belongs."""
    left = rng.uniform(-0.1 * width, CANVAS - 0.9 * width)
    if pose == "fly":
        sky = min(1, horizon) * CANVAS
        top = rng.uniform(-0.05 * height, max(0, sky - 0.8 * height))
        return round(left), round(top)
    if pose in ("stand", "float"):
        farthest = max(horizon * CANVAS + 6, 0.92 * height)
        bottom = rng.uniform(min(farthest, CANVAS), CANVAS)
    elif pose == "perch":
        bottom = rng.uniform(0.95 * height, 0.95 * CANVAS)
    elif pose == "face":
        bottom = rng.uniform(max(height, 0.6 * CANVAS), 1.05 * CANVAS)
    else:
        bottom = rng.uniform(CANVAS, CANVAS + 0.12 * height)
    return round(left), round(bottom - height)


def on_canvas(glyph, left, top):
    """Put a glyph on an empty canvas: colours (CANVAS, CANVAS, 3) and its cover in 0..1."""
    canvas = Image.new("RGBA", (CANVAS, CANVAS))
    canvas.paste(glyph, (left, top))
    pixels = np.asarray(canvas, np.float64)
    return pixels[:, :, :3], pixels[:, :, 3] / 255


def add_shadow(picture, glyph, left, top, darkness):
    """Darken the ground under a standing glyph: its outline, flattened and blurred."""
    flat = glyph.resize((glyph.width, max(3, glyph.height // 5)))
    _, cover = on_canvas(flat, left, top + glyph.height - round(0.7 * flat.height))
    shadow = soften(np.repeat(255 * cover[:, :, None], 3, axis=2), 1.5) / 255
    return picture * (1 - darkness * shadow)


def add_reflection(picture, glyph, left, top, strength):
    """Add a faint, flattened, upside-down copy of a floating glyph below its waterline."""
    mirrored = glyph.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    flat = mirrored.resize((glyph.width, max(1, glyph.height // 2)))
    colours, cover = on_canvas(flat, left, top + glyph.height)
    return blend(picture, colours, strength * cover)


def add_branch(rng, picture, row):
    """Add a branch across the picture at this canvas row, for a bird to sit on."""
    middle = row + rng.uniform(-5, 5) * np.linspace(-1, 1, CANVAS)
    distance = np.abs(np.arange(CANVAS)[:, None] - middle)
    bark = np.array([96, 78, 62]) + 14 * soft_noise(rng, 20, 8)[:, :, None]
    return blend(picture, bark, np.clip(rng.uniform(1.5, 3) - distance, 0, 1))


def add_glyph(rng, picture, glyph, pose, horizon):
    """Paint a glyph into a scene, with the shadow, reflection or branch that its pose needs."""
    left, top = find_place(rng, pose, glyph.width, glyph.height, horizon)
    if pose == "stand":
        picture = add_shadow(picture, glyph, left, top, rng.uniform(0.25, 0.6))
    elif pose == "float":
        waterline = round(glyph.height * rng.uniform(0.86, 0.95))
        glyph = glyph.crop((0, 0, glyph.width, waterline))
        picture = add_reflection(picture, glyph, left, top, rng.uniform(0.15, 0.4))
    elif pose == "perch":
        picture = add_branch(rng, picture, top + glyph.height - 1)
    return blend(picture, *on_canvas(glyph, left, top))


def light(rng, picture):
    """Let the same light fall on everything: its strength, direction and warmth, and some haze."""
    across = rng.uniform(-0.3, 0.3) * np.linspace(-1, 1, CANVAS)[None, :]
    down = rng.uniform(-0.3, 0.3) * np.linspace(-1, 1, CANVAS)[:, None]
    warmth = rng.uniform(-0.12, 0.12)
    lit = picture * rng.uniform(0.75, 1.15) * (1 + across + down)[:, :, None]
    lit = lit * np.array([1 + warmth, 1, 1 - warmth])
    haze = rng.uniform(0, 0.12)
    return (1 - haze) * lit + haze * lit.mean()


def photograph(rng, picture):
    """Blur a little, shrink to (SIZE, SIZE, 3), keep even values only: uint8.

    Nobody sees the missing odd values, and the archive is a quarter smaller.
    """
    image = Image.fromarray(soften(picture, rng.uniform(0.2, 0.4)).astype(np.uint8))
    return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.BOX)) // 2 * 2


def make_image(rng, class_name, glyphs):
    """One finished picture (SIZE, SIZE, 3), uint8, of the named class."""
    pose, characters, scenes = choose(rng, PICTURES[class_name])
    glyph = recolour(rng, glyphs[choose(rng, characters)], *COLOURS[class_name])
    glyph = reshape(rng, glyph, *POSES[pose])
    picture, horizon = paint_scene(rng, choose(rng, scenes.split()))
    return photograph(rng, light(rng, add_glyph(rng, picture, glyph, pose, horizon)))


def make_batch(rng, glyphs, images_per_class=IMAGES_PER_CLASS):
    """One file's labels (N,) in random order, and its images (N, SIZE, SIZE, 3), uint8."""
    labels = rng.permutation(np.repeat(np.arange(len(CLASSES)), images_per_class))
    return labels, np.stack([make_image(rng, CLASSES[label], glyphs) for label in labels])


def encode(value):
    """A value as Python 2's pickle wrote it in protocol 2: the opcodes, without frame and stop."""
    if value is None:
        return pickle.NONE
    if value is False:
        return pickle.NEWFALSE
    if isinstance(value, int):
        if 0 <= value < 256:
            return pickle.BININT1 + struct.pack("<B", value)
        return pickle.BININT + struct.pack("<i", value)
    if isinstance(value, bytes):
        if len(value) < 256:
            return pickle.SHORT_BINSTRING + struct.pack("<B", len(value)) + value
        return pickle.BINSTRING + struct.pack("<i", len(value)) + value
    if isinstance(value, np.ndarray):
        return encode_array(value)
    if isinstance(value, dict):
        items = b"".join(encode(key) + encode(item) for key, item in value.items())
        return pickle.EMPTY_DICT + pickle.MARK + items + pickle.SETITEMS
    items = pickle.MARK + b"".join(encode(item) for item in value)
    if isinstance(value, tuple):
        return items + pickle.TUPLE
    return pickle.EMPTY_LIST + items + pickle.APPENDS


def encode_array(array):
    """A uint8 array as NumPy under Python 2 pickled it: an empty array, then its state."""
    reconstruct = pickle.GLOBAL + b"numpy.core.multiarray\n_reconstruct\n"
    ndarray = pickle.GLOBAL + b"numpy\nndarray\n"
    empty = pickle.MARK + ndarray + encode((0,)) + encode(b"b") + pickle.TUPLE + pickle.REDUCE
    dtype = pickle.GLOBAL + b"numpy\ndtype\n" + encode((b"u1", 0, 1)) + pickle.REDUCE
    dtype += encode((3, b"|", None, None, None, -1, -1, 0)) + pickle.BUILD
    state = encode(1) + encode(array.shape) + dtype + encode(False) + encode(array.tobytes())
    return reconstruct + empty + pickle.MARK + state + pickle.TUPLE + pickle.BUILD


def pickled(value):
    """A complete pickle of protocol 2 with byte strings, readable by Python 2 and 3."""
    return pickle.PROTO + b"\x02" + encode(value) + pickle.STOP


def batch_file(title, first_number, labels, images):
    """The bytes of one batch file; each row of its data is a red, a green and a blue plane."""
    rows = images.transpose(0, 3, 1, 2).reshape(len(images), -1)  # (N, H, W, C) -> (N, 3072)
    names = [f"{CLASSES[k]}_s_{n:06d}.png".encode() for n, k in enumerate(labels, first_number)]
    batch = {b"batch_label": title.encode(), b"labels": labels.tolist(), b"data": rows}
    return pickled(batch | {b"filenames": names})


def make_files(rng, glyphs):
    """All files of the archive, name -> bytes, and the first batch's labels and images."""
    batches = [make_batch(rng, glyphs) for _ in range(6)]
    count = len(batches[0][0])
    label_names = [name.encode() for name in CLASSES]
    meta = {b"num_cases_per_batch": count, b"label_names": label_names, b"num_vis": 3 * SIZE**2}
    files = {"batches.meta": pickled(meta), "readme.html": README.encode()}
    for i, batch in enumerate(batches[:5]):
        title = f"training batch {i + 1} of 5"
        files[f"data_batch_{i + 1}"] = batch_file(title, i * count, *batch)
    files["test_batch"] = batch_file("testing batch 1 of 1", 5 * count, *batches[5])
    return files, batches[0]


def pack(files):
    """A tar.gz of the files, as bytes, with nothing in it that changes from run to run."""
    folder = tarfile.TarInfo("cifar-10-batches-py")
    folder.type, folder.mode = tarfile.DIRTYPE, 0o755
    tar_bytes, gzip_bytes = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar_bytes, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(folder)
        for name in sorted(files):
            entry = tarfile.TarInfo(f"{folder.name}/{name}")
            entry.size = len(files[name])
            tar.addfile(entry, io.BytesIO(files[name]))
    with gzip.GzipFile("", "wb", 9, gzip_bytes, mtime=0) as stream:
        stream.write(tar_bytes.getvalue())
    return gzip_bytes.getvalue()


def draw_contact_sheet(labels, images, path, columns=16, zoom=3):
    """Save the first images of every class, a row each, enlarged."""
    rows = [np.concatenate(images[labels == k][:columns], axis=1) for k in range(len(CLASSES))]
    sheet = Image.fromarray(np.concatenate(rows))
    size = (sheet.width * zoom, sheet.height * zoom)
    sheet.resize(size, Image.Resampling.LANCZOS).save(path, "PNG")


def main():
    """Read the command line, make the archive, and put it in place in one step."""
    parser = argparse.ArgumentParser(description="Make the embedded pictogram data set.")
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--font", default=FONT, help="Noto Color Emoji, .ttf")
    parser.add_argument("--out", type=Path, default=ARCHIVE)
    parser.add_argument("--contact-sheet", metavar="PNG", help="also draw a sheet of 160 images")
    options = parser.parse_args()

    files, first_batch = make_files(np.random.default_rng(options.seed), load_glyphs(options.font))
    archive = pack(files)
    unfinished = options.out.with_name(f"{options.out.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(archive)
        os.replace(unfinished, options.out)
    finally:
        unfinished.unlink(missing_ok=True)
    print(f"{options.out}: {len(archive):,} bytes, sha256 {hashlib.sha256(archive).hexdigest()}")
    if options.contact_sheet:
        draw_contact_sheet(*first_batch, options.contact_sheet)


if __name__ == "__main__":
    main()
