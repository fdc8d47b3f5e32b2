"""The training's own augmentation layers, run on one picture. No Streamlit.

What runs the layers imports Keras when it is called: pages call it through `worker.ask`, in another process.
"""

import importlib.util
from dataclasses import dataclass, replace

import numpy as np

from fer_core.app.formats import format_percent
from fer_core.preprocessing import to_network_input

SHARE_DRAWS = 10_000


class AugmentationError(RuntimeError):
    """The layers cannot run here; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that the layers can do; the defaults do nothing. Units as in fer_core.training.augmentation."""

    rotation: float = 0.0  # degrees to either side
    shift: float = 0.0  # share of the side
    zoom: float = 0.0  # share
    same_zoom: bool = False
    horizontal_flip: bool = False
    vertical_flip: bool = False
    brightness: float = 0.0  # share of the range
    contrast: float = 0.0  # share
    probability: float = 0.0  # of erasing
    smallest: int = 10  # side of the erased square in pixels
    largest: int = 10
    level: float | None = 0.0  # its grey level, None draws one


@dataclass(frozen=True)
class Variants:
    """What a policy made of pictures: `images` uint8 (n, 48, 48); `upside_down` and `erased` bool (n,)."""

    images: np.ndarray
    upside_down: np.ndarray
    erased: np.ndarray


STEPS = {
    "rotation": ("Rotation", "Heads lean. The network should not care by how many degrees."),
    "shift": (
        "Shift",
        (
            "Faces are not always in the middle. What moves in from outside repeats the nearest pixel of the edge, which "
            "draws streaks (`fill_mode='nearest'`)."
        ),
    ),
    "zoom": (
        "Zoom",
        "Faces are nearer or farther. Zoomed separately in width and height, they also get wider or longer.",
    ),
    "horizontal_flip": ("Mirror", "A mirrored face shows the same expression: a free second picture."),
    "vertical_flip": ("Upside down", "Upside-down faces are rare in photos, and their mouths bend the other way."),
    "light": ("Light", "Brighter, darker, flatter: the same face in another light."),
    "erasing": ("Erasing", "A covered patch, like a hand in front of the face: the network has to use what is left."),
}
"""Each transform's name and why it is there."""

_FIELDS = {
    "rotation": ("rotation",),
    "shift": ("shift",),
    "zoom": ("zoom", "same_zoom"),
    "horizontal_flip": ("horizontal_flip",),
    "vertical_flip": ("vertical_flip",),
    "light": ("brightness", "contrast"),
    "erasing": ("probability", "smallest", "largest", "level"),
}


def start() -> None:
    """Import the training's layers: some seconds and about 1 GB the first time. Raises AugmentationError."""
    try:
        import fer_core.training.policies  # noqa: F401
    except ImportError as error:
        missing = "Keras" if importlib.util.find_spec("keras") is None else "TensorFlow"
        raise AugmentationError(
            f"{missing} is not installed, and these pictures come from the real training layers: "
            "install the training packages with `pip install tensorflow`. Every other page works without."
        ) from error


def get_policy(name: str) -> Settings:
    """Return the settings of the policy `name`, "study" or "compact", as the training uses them."""
    from fer_core.training.policies import describe_policy

    settings = Settings()
    for step in describe_policy(name).values():
        settings = replace(settings, **step)
    return settings


def list_steps(settings: Settings) -> list[str]:
    """Return the names of the transforms that do something, in the order of STEPS."""
    still = Settings()
    return [step for step in STEPS if _does_something(settings, still, step)]


def _does_something(settings: Settings, still: Settings, step: str) -> bool:
    # The first one or two fields of a step decide; same_zoom, sizes and level alone change nothing.
    deciding = {"light": ("brightness", "contrast")}.get(step, _FIELDS[step][:1])
    return any(getattr(settings, field) != getattr(still, field) for field in deciding)


def keep_step(settings: Settings, step: str) -> Settings:
    """Return settings that do one transform alone. A square is then erased from every picture, to be seen."""
    alone = replace(Settings(), **{field: getattr(settings, field) for field in _FIELDS[step]})
    return replace(alone, probability=1.0) if step == "erasing" else alone


def make_layers(settings: Settings, seed: int) -> list:
    """Make the training's layers with these settings, in the training's order."""
    from fer_core.training.augmentation import RandomAffine, RandomErasing, RandomLight

    affine = {field: getattr(settings, field) for step in list(_FIELDS)[:5] for field in _FIELDS[step]}
    erasing = {field: getattr(settings, field) for field in _FIELDS["erasing"]}
    layers = [RandomAffine(**affine, seed=1000 * seed)]
    if settings.brightness or settings.contrast:
        layers.append(RandomLight(settings.brightness, settings.contrast, seed=1000 * seed + 1))
    if settings.probability:
        layers.append(RandomErasing(**erasing, seed=1000 * seed + len(layers)))
    return layers


def make_variants(pictures: np.ndarray, settings: Settings, seed: int) -> Variants:
    """Run the layers on pictures, uint8 (n, 48, 48), each with parameters of its own."""
    from keras import ops

    images = ops.convert_to_tensor(to_network_input(pictures))
    nothing = np.zeros(len(pictures), bool)
    drawn = {"flip_y": nothing, "erase": nothing}
    for layer in make_layers(settings, seed):
        parameters = layer.draw(len(pictures))
        images = layer.transform(images, parameters)
        drawn |= {key: ops.convert_to_numpy(parameters[key]) for key in drawn if key in parameters}
    levels = np.clip(np.round(ops.convert_to_numpy(images)[..., 0]), 0, 255).astype(np.uint8)
    return Variants(levels, drawn["flip_y"].astype(bool), drawn["erase"].astype(bool))


def measure_upside_down(settings: Settings, seed: int = 0) -> float:
    """Return the share of pictures that the layer turns upside down, from SHARE_DRAWS draws."""
    from keras import ops

    return float(ops.convert_to_numpy(make_layers(settings, seed)[0].draw(SHARE_DRAWS)["flip_y"]).mean())


def describe_step(settings: Settings, step: str) -> str:
    """Return what a transform is set to, in words: "up to 10° either way"; a dash where it does nothing."""
    if step not in list_steps(settings):
        return "–"
    if step == "rotation":
        return f"up to {settings.rotation:g}° either way"
    if step == "shift":
        return f"up to {format_percent(settings.shift, 0)} of the side"
    if step == "zoom":
        together = "width and height together" if settings.same_zoom else "width and height separately"
        return f"{1 - settings.zoom:.2f} to {1 + settings.zoom:.2f}, {together}"
    if step == "light":
        return f"brightness ±{format_percent(settings.brightness, 0)}, contrast ±{format_percent(settings.contrast, 0)}"
    if step == "erasing":
        side = (
            f"{settings.smallest}"
            if settings.smallest == settings.largest
            else f"{settings.smallest} to {settings.largest}"
        )
        level = (
            "a random grey"
            if settings.level is None
            else "black"
            if settings.level == 0
            else f"grey {settings.level:g}"
        )
        return f"{format_percent(settings.probability, 0)} of pictures, a square of {side} pixels in {level}"
    return "half of the pictures, at random"
