"""Mixing two pictures and their labels inside the compiled step: mixup and cutmix."""

from keras import ops, random

from fer_core.training.augmentation import SIZE, RandomLayer, _inside


class MixPictures(RandomLayer):
    """Mix each picture with its neighbour in the (shuffled) batch, and the two targets in the same proportion.

    With probability `cutmix` a rectangle of the neighbour is pasted in (Yun et al. 2019, arXiv:1905.04899), with
    probability `mixup` the two are blended (Zhang et al. 2018, arXiv:1710.09412); `alpha` shapes the beta distribution
    of the proportion. A picture keeps at least half of itself, so its own label stays the leading one. Takes and
    returns (images (n, 48, 48, 1), targets (n, 7)); does nothing unless called with `training=True`.

    Keras's own `MixUp` and `CutMix` do something else: they mix every picture of a batch, half of them so that the other
    one leads, and `CutMix` weighs the labels by a box that ends between pixels, up to 4 % of the picture off.
    """

    def __init__(self, cutmix=0.0, mixup=0.0, alpha=1.0, seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        if not (cutmix >= 0 and mixup >= 0 and cutmix + mixup <= 1):
            raise ValueError(f"cutmix {cutmix} and mixup {mixup} must be probabilities of at most 1 together.")
        self.cutmix, self.mixup, self.alpha = cutmix, mixup, alpha

    def call(self, pair, training: bool = False):
        if not training:
            return pair
        images, targets = (ops.cast(part, "float32") for part in pair)
        return self.transform((images, targets), self.draw(ops.shape(images)[0]))

    def draw(self, count) -> dict:
        share = random.beta((count,), self.alpha, self.alpha, dtype="float32", seed=self.seed_generator)
        return {
            "kind": self.draw_uniform(count, 0.0, 1.0),  # below `cutmix` cut, below `cutmix + mixup` blend
            "share": ops.minimum(share, 1.0 - share),  # of the neighbour
            "x": self.draw_uniform(count, 0.0, 1.0),
            "y": self.draw_uniform(count, 0.0, 1.0),
        }

    def transform(self, pair, parameters: dict):
        images, targets = pair
        cut = parameters["kind"] < self.cutmix
        blend = (parameters["kind"] < self.cutmix + self.mixup) & ~cut
        side = ops.round(SIZE * ops.sqrt(parameters["share"]))
        x, y = (ops.floor(parameters[axis] * (SIZE - side + 1)) for axis in "xy")
        pasted = (_inside(x, side)[:, None, :] & _inside(y, side)[:, :, None] & cut[:, None, None])[..., None]
        blended = ops.where(blend, parameters["share"], 0.0)
        weight = ops.cast(pasted, "float32") + blended[:, None, None, None]
        share = (ops.mean(weight, axis=(1, 2, 3)))[:, None]
        return (
            images * (1.0 - weight) + ops.roll(images, 1, axis=0) * weight,
            targets * (1.0 - share) + ops.roll(targets, 1, axis=0) * share,
        )
