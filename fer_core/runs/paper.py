"""The study's own numbers, exactly as printed, so that ours can stand beside them cell by cell.

Source: L. Alturki and Y. Alfouzan, "Facial Emotion Recognition on FER2013", CSC462 course project. Printed decimals
are kept as text ("0.60" stays "0.60"); use `paper_value` for the number.
"""

from dataclasses import dataclass
from math import prod

CITATION = 'L. Alturki and Y. Alfouzan, "Facial Emotion Recognition on FER2013", CSC462 course project.'


@dataclass(frozen=True)
class PaperExperiment:
    """One row of Table 1: `cells[split][metric]` as printed; `mentioned` are the per-class numbers of section 6.3."""

    number: int
    name: str  # of the same experiment in our registry
    epochs: int
    batch_size: int
    description: str
    cells: dict[str, dict[str, str]]
    mentioned: dict[tuple[str, str], str]


def _cells(train: str, validation: str, test: str) -> dict[str, dict[str, str]]:
    metrics = ("accuracy", "precision", "recall", "f1")
    return {
        "train": {"accuracy": train},
        "validation": dict(zip(metrics, validation.split(), strict=True)),
        "test": dict(zip(metrics, test.split(), strict=True)),
    }


PAPER_TABLE = (
    PaperExperiment(
        1, "vgg-b32-e50", 50, 32, "The shortest training: notably good at happy, weak at disgust and fear.",
        _cells("0.6091", "0.6116 0.7990 0.3975 0.531", "0.62 0.62 0.62 0.60"),
        {("happy", "f1"): "0.84", ("disgust", "recall"): "0.13", ("fear", "recall"): "0.22"},
    ),
    PaperExperiment(
        2, "vgg-b32-e100", 100, 32, "Twice the epochs: better recall of disgust and fear, the study's best run.",
        _cells("0.6794", "0.6476 0.8002 0.4780 0.598", "0.64 0.65 0.64 0.64"),
        {("disgust", "recall"): "0.33", ("fear", "recall"): "0.36", ("happy", "f1"): "0.86"},
    ),
    PaperExperiment(
        3, "vgg-b64-e100", 100, 64, "Twice the batch: as accurate, less sensitive to disgust and fear.",
        _cells("0.6562", "0.6304 0.7743 0.4738 0.587", "0.64 0.63 0.64 0.63"),
        {("happy", "f1"): "0.85"},
    ),
)  # fmt: skip
"""Table 1. Validation precision and recall are Keras's, pooled over all cells above .5; F1 is their harmonic mean.
Test precision, recall and F1 are scikit-learn's averages weighted by class size."""

CELL_METRICS = {
    ("validation", "accuracy"): "accuracy",
    ("validation", "precision"): "precision_at_half",
    ("validation", "recall"): "recall_at_half",
    ("validation", "f1"): "f1_at_half",
    ("test", "accuracy"): "accuracy",
    ("test", "precision"): "precision_weighted",
    ("test", "recall"): "recall_weighted",
    ("test", "f1"): "f1_weighted",
}
"""Which key of our `metrics.json` means the same as a cell of Table 1 (train accuracy is read from the history)."""

PAPER_REPORT = {
    "angry": {"precision": "0.55", "recall": "0.61", "f1": "0.58", "support": 958},
    "disgust": {"precision": "0.61", "recall": "0.33", "f1": "0.43", "support": 111},
    "fear": {"precision": "0.54", "recall": "0.36", "f1": "0.43", "support": 1024},
    "happy": {"precision": "0.89", "recall": "0.83", "f1": "0.86", "support": 1774},
    "neutral": {"precision": "0.54", "recall": "0.68", "f1": "0.60", "support": 1233},
    "sad": {"precision": "0.52", "recall": "0.54", "f1": "0.53", "support": 1247},
    "surprise": {"precision": "0.75", "recall": "0.78", "f1": "0.77", "support": 831},
    "macro avg": {"precision": "0.63", "recall": "0.59", "f1": "0.60", "support": 7178},
    "weighted avg": {"precision": "0.65", "recall": "0.64", "f1": "0.64", "support": 7178},
}
"""Classification report on the 7,178 test pictures (section 8)."""

PAPER_REPORT_ACCURACY = "0.64"

PAPER_CONFUSION = (
    (584, 9, 77, 24, 119, 124, 21),
    (54, 37, 4, 2, 4, 8, 2),
    (138, 9, 372, 24, 140, 234, 107),
    (47, 2, 31, 1465, 154, 42, 33),
    (69, 1, 33, 54, 834, 214, 28),
    (140, 2, 102, 36, 270, 675, 22),
    (29, 1, 76, 40, 25, 11, 649),
)
"""Confusion matrix of the same 7,178 predictions: rows true, columns predicted, both in the order of LABELS."""
REPORTED = 2
"""The experiment whose report and matrix those are."""

_LOG_COLUMNS = ("epoch", "accuracy", "loss", "precision", "recall", "val_accuracy", "seconds")
PAPER_LOG = tuple(
    dict(zip(_LOG_COLUMNS, row, strict=True))
    for row in (
        (1, 0.1987, 2.4600, 0.2080, 0.0822, 0.25449, 113),
        (2, 0.2296, 1.8549, 0.2919, 0.0118, 0.2512, 97),
        (3, 0.2446, 1.8178, 0.3977, 0.0067, 0.27452, 99),
        (4, 0.2445, 1.8053, 0.4450, 0.0062, 0.28201, 106),
        (5, 0.2570, 1.7891, 0.5452, 0.0090, 0.29019, 104),
        (6, 0.2704, 1.7657, 0.5304, 0.0215, 0.30221, 100),
        (100, 0.6836, 0.8428, 0.7859, 0.5734, 0.6401, 96),
    )
)
"""Training log of 100 epochs of 718 steps (section 8): the lines that are printed. `seconds` per epoch, rounded by
Keras. `val_accuracy` has the five decimals of the checkpoint message where there is one; `val_loss` is cut off."""

PAPER_BEST_VAL_ACCURACY = 0.64762
"""Best validation accuracy named by the last line of the log (its epoch is not printed)."""

PAPER_CONFIGURATION = {
    "input": "48 x 48 x 1, grey levels / 255",
    "training pictures": 22_968,
    "validation pictures": 5_741,
    "test pictures": 7_178,
    "optimizer": "SGD",
    "learning rate": 0.001,
    "momentum": 0.9,
    "loss": "categorical cross-entropy",
    "schedule": "ReduceLROnPlateau on val_accuracy: factor 0.75, patience 5, minimum 1e-5",
    "kept weights": "best val_accuracy (ModelCheckpoint)",
    "rotation (degrees)": 10,
    "width shift": 0.2,
    "height shift": 0.2,
    "zoom": 0.2,
    "horizontal flip": True,
    "vertical flip": True,
    "random erasing": "10 x 10 square of zeros, probability 0.5",
    "dropout": 0.5,
    "parameters": 43_333_319,
    "trainable parameters": 43_327_943,
}


@dataclass(frozen=True)
class Layer:
    """One layer: kind, output shape without the batch axis, number of parameters."""

    kind: str
    shape: tuple[int, ...]
    parameters: int

    @property
    def multiplications(self) -> int:
        """Multiplications for one picture: every weight of a convolution once per pixel, of a dense layer once."""
        if self.kind not in ("Conv2D", "Dense"):
            return 0
        *pixels, channels = self.shape
        return (self.parameters - channels) * prod(pixels)


def _make_layers() -> tuple[Layer, ...]:
    """Follow `create_vggnet` of section 8, whose printed summary shows the last 16 layers and the totals."""
    layers, size, channels = [], 48, 1
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512)):
        for _ in range(convolutions):
            layers.append(Layer("Conv2D", (size, size, filters), 9 * channels * filters + filters))
            layers.append(Layer("BatchNormalization", (size, size, filters), 4 * filters))
            channels = filters
        size //= 2
        layers.append(Layer("MaxPooling2D", (size, size, filters), 0))
    units = size * size * channels
    layers.append(Layer("Flatten", (units,), 0))
    for width in (4096, 4096):
        layers += [Layer("Dense", (width,), units * width + width), Layer("Dropout", (width,), 0)]
        units = width
    return (*layers, Layer("Dense", (7,), units * 7 + 7))


PAPER_LAYERS = _make_layers()

PAPER_FINDINGS = {
    "Two kinds of recall": (
        "Table 1's caption calls all precision and recall weighted averages, but the validation cells cannot be: a "
        "weighted recall equals the accuracy, and 0.3975 is not 0.6116. They are Keras's metrics, which count a class "
        "as predicted only above a probability of 0.5."
    ),
    "Validation F1 of experiment 3": (
        "Experiment 3's validation F1 is printed as 0.587; the harmonic mean of the printed 0.7743 and 0.4738 is 0.588."
    ),
    "Best or last epoch": (
        "The printed code saves the best weights but shows no line that loads them again, so the test numbers may "
        "belong to the last epoch, whose validation accuracy was 0.6401, and not to the best one with 0.6476."
    ),
    "Depth of the stages": (
        "Section 5 describes stages of two blocks of three convolutions; the code has 2, 2, 3 and 3 convolutions per "
        "stage."
    ),
    "Ten-crop": ("The preprocessing function says ten-crop; its code resizes the picture to the size it already has."),
    "Chosen by test accuracy": (
        "Section 6 calls 100 epochs in batches of 32 optimal for their accuracy and F1 on the test pictures. A choice made there flatters "
        "the winner. Here it cost nothing: validation accuracy (0.6476, against 0.6304 and 0.6116) names the same one."
    ),
    "Highest accuracy": (
        "It is called the highest overall accuracy, but experiments 2 and 3 are both printed at 0.64. Experiment 2's matrix has "
        "0.6431; experiment 3's exact number is not printed, so which is higher cannot be read."
    ),
    "No seeds": (
        "Each experiment is a single training run. How far another seed would move it is not said, so that two points "
        "between experiments cannot be told from chance."
    ),
    "Validation and test overlap": (
        "568 of its test pictures also appear, pixel for pixel, outside the test folder: 148 in its validation part and 478 in its "
        "training part, 58 of them in both."
    ),
    "Train accuracy of experiment 2": (
        "Table 1 gives 0.6794 for training; the last line of the printed log says 0.6836. It may be that of another epoch, "
        "perhaps of the best one."
    ),
    "The literature's range": (
        "Section 6.4 says that many studies report 60 to 70 %. Its own reference [9], Khaireddin and Chen, reports 73.28 %, "
        "and winning the contest took 71.2 % in 2013."
    ),
    "Overfitting": (
        "The text says that more epochs did not overfit. What is printed cannot decide it: validation accuracy went from a "
        "best of 0.6476 to 0.6401 at epoch 100. But the best of a hundred epochs is high by selection, and 43 of 5,741 "
        "pictures are no more than two neighbouring epochs differ by: 50 in the median of our rerun's last twenty."
    ),
    "Precision of rare classes": (
        "Section 6.3 finds the precision of disgust and fear relatively low in experiment 2; at 0.61 and 0.54 it is "
        "no lower than that of neutral (0.54) and sad (0.52). What is low is their recall."
    ),
    "Training below validation": (
        "Train accuracy lies below validation accuracy in experiment 1 because it is measured on augmented pictures, "
        "some upside down, with dropout on."
    ),
}
"""What does not fit together in the study, checked by the tests where numbers allow it."""


def paper_test_accuracy(number: int) -> float:
    """Test accuracy of experiment `number` (1 to 3): counted in the printed matrix where there is one, else Table 1's, rounded."""
    if number == REPORTED:
        return sum(row[i] for i, row in enumerate(PAPER_CONFUSION)) / sum(map(sum, PAPER_CONFUSION))
    return paper_value(number, "test", "accuracy")


def paper_value(number: int, split: str, metric: str) -> float | None:
    """Number in Table 1 for experiment `number` (1 to 3), "train" / "validation" / "test"; None for an empty cell."""
    text = PAPER_TABLE[number - 1].cells[split].get(metric)
    return None if text is None else float(text)


def find_paper_experiment(name: str) -> PaperExperiment | None:
    """The study's experiment that ours named `name` reproduces, or None."""
    return next((experiment for experiment in PAPER_TABLE if experiment.name == name), None)
