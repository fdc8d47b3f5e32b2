"""What the losses in a run's history are against: two kinds of loss never share an axis."""

from fer_core.runs import Run

PLAIN = "FER2013's labels"


def name_losses(run: Run) -> tuple[str, str]:
    """Return what the losses of the history are against, of training and of validation: the same words, the same kind.

    Validation has the recipe's loss and targets, softened labels or shares of votes; training also counts what is done
    to its pictures and classes alone.
    """
    smoothing = _get(run, "label_smoothing")
    kind = "the shares of the votes" if run.learns_votes else PLAIN
    if smoothing:
        kind += f", softened by {smoothing:g}"
    if _get(run, "loss") == "focal":
        kind += ", focal"
    only_in_training = [words for words, is_so in (
        ("mixed pictures", _get(run, "cutmix") or _get(run, "mixup")),
        ("answers of its teachers", _get(run, "teachers") and _get(run, "teacher_share")),
        ("weighted classes", _get(run, "class_balance") in ("weighted", "effective")),
    ) if is_so]  # fmt: skip
    return ", ".join([kind, *only_in_training]), kind


def _get(run: Run, setting: str):
    """A setting of the recipe; None where an older run did not record it."""
    return getattr(run.config, setting, None)
