"""What the crowd's network meets beside the usual augmentation: faces as bad photos show them. No Streamlit."""

import numpy as np

from fer_core.app.formats import format_percent, join_words
from fer_core.preprocessing import to_network_input
from fer_core.runs.run import Run

POLICY = "degraded"
WAYS = {
    "cover": ("Covered", "A mask over the mouth, a cap or glasses over the eyes: look at what is left."),
    "blur": ("Blurred", "Out of focus, or moved."),
    "shrink": ("Far away", "A face of a few pixels, enlarged again."),
    "flatness": ("Flat", "Fog, backlight, a faded print: hardly any contrast."),
    "exposure": ("Too dark, too bright", "What leaves the range of grey is lost."),
    "noise": ("Noisy", "A small sensor in a dark room."),
}
"""Each way of spoiling, in the training's order: its name and the photo that it stands for."""
_EXTENTS = {
    "cover": "{smallest} to {largest} of 48 rows in one grey, from above or below",
    "blur": "up to {sigma:g} pixels",
    "shrink": "to {smallest} to 40 pixels a side",
    "flatness": "down to {lowest:g} of its contrast",
    "exposure": "up to {levels:g} grey levels darker or brighter",
    "noise": "up to {sigma:g} grey levels",
}


def spoil(picture: np.ndarray, way: str, count: int, seed: int) -> np.ndarray:
    """Spoil a picture, uint8 (48, 48), in one way, `count` times with other draws: uint8 (count, 48, 48)."""
    from keras import ops

    from fer_core.training.policies import POLICIES

    layer, settings = POLICIES[POLICY][way]
    images = ops.convert_to_tensor(to_network_input(np.repeat(picture[None], count, 0)))
    spoilt = layer(**settings | {"probability": 1.0}, seed=1000 * seed + list(WAYS).index(way))(images, training=True)
    return np.clip(np.round(ops.convert_to_numpy(spoilt)[..., 0]), 0, 255).astype(np.uint8)


def describe_way(way: str) -> str:
    """Return how often and how strongly it happens: "10 % of pictures, up to 2 pixels"."""
    from fer_core.training.policies import POLICIES

    settings = POLICIES[POLICY][way][1]
    return f"{format_percent(settings['probability'], 0)} of pictures, {_EXTENTS[way].format(**settings)}"


def list_ways(run: Run) -> dict[str, float]:
    """Ways of spoiling that the run's training pictures met, in words, and how often."""
    settings = {way: (run.config.augmentation or {}).get(way) for way in WAYS}
    shares = {way: found.get("probability") for way, found in settings.items() if isinstance(found, dict)}
    return {WAYS[way][0].lower(): share for way, share in shares.items() if isinstance(share, float)}


def describe_answering(run: Run) -> str:
    """Say what the network that answers for photos met beyond both policies; "" where that was nothing."""
    if not (ways := list_ways(run)):
        return ""
    told, share = join_words(list(ways), "or"), format_percent(min(ways.values()), 0)
    return f"**{run.title}**, which answers for photos, also met bad ones: {told}, {share} of its training pictures in each way."
