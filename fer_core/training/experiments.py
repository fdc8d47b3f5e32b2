"""The experiments: what each run differs in. `python train.py --list` prints them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Experiment:
    """One training recipe. The defaults are the study's; an experiment states what differs from them."""

    name: str
    title: str
    note: str  # what to expect: time and accuracy
    network: str = "vgg_study"
    epochs: int = 100
    batch_size: int = 32
    split: str = "study"  # "study": per class in file order; "grouped": duplicates kept on one side
    augmentation: str = "study"
    learning_rate: float = 0.001
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 0.0  # decoupled, as Keras applies it: weight -= rate * weight_decay * weight
    label_smoothing: float = 0.0
    schedule: str = "plateau"  # "plateau": ReduceLROnPlateau as the study; "cosine": warm-up, then cosine to zero
    warmup_epochs: float = 0.0
    restart_epoch: int = 0  # cosine only: from here to the end a second cosine, from `restart_rate`; 0: none
    restart_rate: float = 0.0
    keep: str = "best"  # weights: "best" epoch by validation accuracy, or "last" where the rate anneals to zero
    ema: float = 0.0  # momentum of the moving average of the weights; 0: none
    paper_experiment: int | None = None  # row of the paper's Table 1 that this reproduces
    deploy: bool = False  # write model.onnx: the dashboard predicts with it


EXPERIMENTS = {
    experiment.name: experiment
    for experiment in (
        Experiment(
            "vgg-b32-e50",
            "Study 1: batch 32, 50 epochs",
            "reported: 62 % on the test pictures; 97 s an epoch there",
            epochs=50,
            paper_experiment=1,
        ),
        Experiment(
            "vgg-b32-e100",
            "Study 2: batch 32, 100 epochs",
            "reported: 64 %, the study's best",
            paper_experiment=2,
        ),
        Experiment(
            "vgg-b64-e100",
            "Study 3: batch 64, 100 epochs",
            "reported: 64 %",
            batch_size=64,
            paper_experiment=3,
        ),
        Experiment(
            "compact",
            "Compact network",
            "66 to 67 % on the test pictures; 80 to 120 s an epoch on two CPU cores",
            network="compact",
            epochs=60,
            batch_size=128,
            split="grouped",
            augmentation="compact",
            learning_rate=0.08,
            nesterov=True,
            weight_decay=5e-4,
            label_smoothing=0.1,
            schedule="cosine",
            warmup_epochs=1,
            restart_epoch=40,
            restart_rate=0.04,
            keep="last",  # one epoch's validation accuracy is uncertain by 0.9 points here: too noisy to choose by
            ema=0.998,
            deploy=True,
        ),
    )
}


class UnknownExperiment(ValueError):
    """No experiment has that name; the message lists the known ones."""


def find_experiment(name: str) -> Experiment:
    """Look an experiment up. Raises UnknownExperiment."""
    if name not in EXPERIMENTS:
        raise UnknownExperiment(f"Unknown experiment {name!r}. Known: {', '.join(EXPERIMENTS)}.")
    return EXPERIMENTS[name]
