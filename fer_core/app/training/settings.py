"""The settings of a training run as people read them: grouped, in words, with units. Pure functions, no Streamlit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fer_core.app.formats import SPACE, format_count, format_percent

DATA, AUGMENTATION, OPTIMISER, NETWORK, OTHER = "Data", "Augmentation", "Optimiser", "Network", "Other"
GROUPS = (DATA, AUGMENTATION, OPTIMISER, NETWORK, OTHER)
NONE = "none"
NO_AUGMENTATION = {
    "affine": {"rotation": 0, "shift": 0, "zoom": 0, "same_zoom": False, "horizontal_flip": False, "vertical_flip": False},
    "light": {"brightness": 0, "contrast": 0},
    "erasing": {"probability": 0, "smallest": 0, "largest": 0, "level": None},
    **{
        name: {"probability": 0, **{key: 0 for key in keys}}
        for name, keys in (
            ("cover", ("smallest", "largest")), ("blur", ("sigma",)), ("shrink", ("smallest",)),
            ("flatness", ("lowest",)), ("exposure", ("levels",)), ("noise", ("sigma",)),
        )
    },
}  # fmt: skip
"""What a policy does that leaves a step out."""
ABOUT_THE_RUN = frozenset({
    "schema", "name", "experiment", "title", "note", "paper_experiment", "deploy", "device", "backend", "git_commit",
    "wall_seconds", "caveat", "looked_at", "ablation_of", "factor", "quantise", "members", "augmentation.policy",
})  # fmt: skip
"""Entries of config.json that say where and on what a run was made, or how it is used: no settings of the training."""


@dataclass(frozen=True)
class Setting:
    """One row: its `group`, its `name`, the `keys` of config.json that it tells ("outer.inner"), and how."""

    group: str
    name: str
    keys: tuple[str, ...]
    write: Callable[..., str]


def flatten(settings: Mapping, prefix: str = "") -> dict:
    """Return nested settings with keys "outer.inner"."""
    flat = {}
    for key, value in settings.items():
        flat |= flatten(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat


def write_value(value) -> str:
    """Return any value as text, for settings that no row here knows."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return format_count(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(write_value, value)) or NONE
    return NONE if value is None else str(value)


def write_group(settings: Mapping, setting: Setting) -> str:
    """Return one setting of a run in words; a run that does not say gets a dash."""
    if any(key not in settings for key in setting.keys):
        return "–"
    return setting.write(*(settings[key] for key in setting.keys))


def _choose(words: Mapping, otherwise: Callable = write_value) -> Callable:
    return lambda value: words.get(value) or otherwise(value)


def _spread(unit: str, scale: float = 1.0) -> Callable:
    return lambda value: f"±{scale * value:g}{unit}" if value else NONE


def _share(value: float) -> str:
    return format_percent(value, 0) if value else NONE


def _count_or_dash(value: int | None) -> str:
    return "–" if value is None else format_count(value)


def _write_zoom(zoom: float, same: bool) -> str:
    if not zoom:
        return NONE
    return f"±{100 * zoom:g}{SPACE}%, {'the same' if same else 'drawn separately'} in width and height"


def _write_erasing(probability: float, smallest: int, largest: int, level: float | None) -> str:
    if not probability:
        return NONE
    side = f"{smallest}" if smallest == largest else f"{smallest} to {largest}"
    shade = "any grey" if level is None else "black" if level == 0 else f"grey level {level:g}"
    return f"{_share(probability)} of the pictures, {side} pixels wide, {shade}"


def _some(write: Callable) -> Callable:
    """A way of spoiling that meets only a share of the pictures."""
    return lambda probability, *values: (
        f"{_share(probability)} of the pictures, {write(*values)}" if probability else NONE
    )


def _write_momentum(momentum: float, nesterov: bool) -> str:
    return f"{momentum:g}, Nesterov" if nesterov else f"{momentum:g}"


def _write_teachers(teachers, share: float) -> str:
    return f"{', '.join(teachers)}: {_share(share)} of the target" if teachers else NONE


SETTINGS = (
    Setting(DATA, "Learns from", ("learns",), _choose({"labels": "FER2013's labels", "votes": "the votes of ten people"})),
    Setting(DATA, "Share of them used", ("train_share",), _choose({1.0: "all", 0.5: "half", 0.25: "a quarter", 0.125: "an eighth"}, _share)),
    Setting(DATA, "Training pictures", ("dataset.train.total",), _count_or_dash),
    Setting(DATA, "Held out for validation", ("split",), _choose({
        "study": "the first fifth of each class", "grouped": "a tenth of each class, copies kept together",
        "all": "a tenth of each class, trained on as well",
    })),
    Setting(DATA, "Rare classes", ("class_balance",), _choose({
        "none": "as they come", "weighted": "count more", "effective": "count more, by effective number",
        "oversampled": "drawn as often as the others",
    })),
    Setting(DATA, "Rare answers drawn more often", ("rarity",), lambda value: f"share to the power of −{value:g}" if value else "no"),
    Setting(DATA, "Seed", ("seed",), write_value),
    Setting(AUGMENTATION, "Rotation", ("augmentation.affine.rotation",), _spread("°")),
    Setting(AUGMENTATION, "Shift", ("augmentation.affine.shift",), _spread(f"{SPACE}% of the side", 100)),
    Setting(AUGMENTATION, "Zoom", ("augmentation.affine.zoom", "augmentation.affine.same_zoom"), _write_zoom),
    Setting(AUGMENTATION, "Mirrored", ("augmentation.affine.horizontal_flip",), _choose({True: "half of the pictures", False: "no"})),
    Setting(AUGMENTATION, "Upside down", ("augmentation.affine.vertical_flip",), _choose({True: "half of the pictures", False: "no"})),
    Setting(AUGMENTATION, "Brightness", ("augmentation.light.brightness",), _spread(f"{SPACE}%", 100)),
    Setting(AUGMENTATION, "Contrast", ("augmentation.light.contrast",), _spread(f"{SPACE}%", 100)),
    Setting(AUGMENTATION, "Square erased", tuple(f"augmentation.erasing.{key}" for key in ("probability", "smallest", "largest", "level")), _write_erasing),
    Setting(AUGMENTATION, "Part covered", tuple(f"augmentation.cover.{key}" for key in ("probability", "smallest", "largest")), _some(lambda low, high: f"{low} to {high} pixels")),
    Setting(AUGMENTATION, "Blur", ("augmentation.blur.probability", "augmentation.blur.sigma"), _some(lambda sigma: f"σ up to {sigma:g} pixels")),
    Setting(AUGMENTATION, "Small and enlarged", ("augmentation.shrink.probability", "augmentation.shrink.smallest"), _some(lambda side: f"down to {side} pixels")),
    Setting(AUGMENTATION, "Low contrast", ("augmentation.flatness.probability", "augmentation.flatness.lowest"), _some(lambda low: f"down to {low:g} times")),
    Setting(AUGMENTATION, "Too bright or dark", ("augmentation.exposure.probability", "augmentation.exposure.levels"), _some(lambda levels: f"up to {levels:g} grey levels")),
    Setting(AUGMENTATION, "Noise", ("augmentation.noise.probability", "augmentation.noise.sigma"), _some(lambda sigma: f"σ up to {sigma:g} grey levels")),
    Setting(AUGMENTATION, "Pieces of another picture (CutMix)", ("cutmix",), _share),
    Setting(AUGMENTATION, "Blended with another (mixup)", ("mixup",), _share),
    Setting(OPTIMISER, "Epochs", ("epochs",), format_count),
    Setting(OPTIMISER, "Batch size", ("batch_size",), _count_or_dash),
    Setting(OPTIMISER, "Loss", ("loss",), _choose({"cross-entropy": "cross-entropy", "focal": "focal: easy answers count less"})),
    Setting(OPTIMISER, "Learning rate", ("learning_rate",), write_value),
    Setting(OPTIMISER, "Schedule", ("schedule",), _choose({
        "plateau": "lowered when validation accuracy stalls", "cosine": "a cosine down to zero", "constant": "none",
    })),
    Setting(OPTIMISER, "Warm-up", ("warmup_epochs",), lambda value: f"{value:g} epoch{'s' if value > 1 else ''}" if value else NONE),
    Setting(OPTIMISER, "Momentum", ("momentum", "nesterov"), _write_momentum),
    Setting(OPTIMISER, "Weight decay", ("weight_decay",), lambda value: write_value(value) if value else NONE),
    Setting(OPTIMISER, "Label smoothing", ("label_smoothing",), lambda value: write_value(value) if value else NONE),
    Setting(OPTIMISER, "Teachers", ("teachers", "teacher_share"), _write_teachers),
    Setting(OPTIMISER, "Moving average of the weights", ("ema",), lambda value: write_value(value) if value else NONE),
    Setting(OPTIMISER, "Weights kept", ("keep",), _choose({"best": "best epoch on validation", "last": "last epoch"})),
    Setting(OPTIMISER, "Arithmetic", ("mixed_precision",), _choose({True: "16 bits, sums in 32", False: "32 bits"})),
    Setting(NETWORK, "Network", ("network",), _choose({
        "vgg_study": "the study's VGG", "compact": "compact residual network", "vgg_narrow_se": "narrow VGG with squeeze and excitation",
        "face_resnet": "dlib's face recognition ResNet", "student": "student network",
        "residual": "residual network, whole resolution in its stem", "resnet18": "ResNet-18", "alexnet": "AlexNet",
        "vgg16": "VGG-16", "googlenet": "GoogLeNet", "vgg_narrow": "narrow VGG",
        "vgg_quarter": "the study's VGG, a quarter as wide", "vgg_quarter_dropout_0.3": "the same, dropout 0.3",
        "vgg_quarter_dropout_0.7": "the same, dropout 0.7", "vgg_quarter_shallow": "the same, one convolution fewer per block",
        "vgg_quarter_deep": "the same, one convolution more per block", "vgg_quarter_plain": "the same, no batch normalisation",
    })),
    Setting(NETWORK, "First weights", ("pretrained",), _choose({None: "random", "dlib": "dlib's face recognition (CC0)"})),
    Setting(NETWORK, "Parameters", ("parameters",), _count_or_dash),
    Setting(NETWORK, "Trainable parameters", ("trainable_parameters",), _count_or_dash),
    Setting(NETWORK, "Views averaged per answer", ("tta",), _choose({"flip": "the face and its mirror image", "ten-crop": "ten crops"})),
)  # fmt: skip
"""All settings in the order of reading."""
