"""What an experiment is: one training recipe, by what differs from the study's."""

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
    split: str = "study"  # "study": per class in file order; "grouped": duplicates kept on one side; "all": "grouped",
    # and training on its validation pictures too, which then say nothing about new pictures
    train_share: float = 1.0  # of the training pictures, of each class alike
    augmentation: str = "study"
    cutmix: float = 0.0  # share of the pictures that get a piece of another one pasted in, and of its label
    mixup: float = 0.0  # share of the pictures that are blended with another one, as are the labels
    class_balance: str = (
        "none"  # "weighted": every class counts alike in the loss; "effective": by its effective number
    )
    # of pictures; "oversampled": is drawn equally often
    loss: str = "cross-entropy"  # or "focal": what is already answered well counts less
    learns: str = "labels"  # FER2013's; or "votes": the shares of FER+'s votes, from pictures with five or more
    rarity: float = 0.0  # how much more often a rare answer is drawn: by its share ** -rarity; 1 would draw all alike
    pretrained: str | None = None  # where the first weights come from: "dlib", its face recognition network
    learning_rate: float = 0.001
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 0.0  # decoupled, as Keras applies it: weight -= rate * weight_decay * weight
    label_smoothing: float = 0.0
    teachers: tuple[str, ...] = ()  # runs whose averaged answers soften the labels
    teacher_share: float = 0.0  # of the teachers' answers in what is learned; the rest is the label
    schedule: str = "plateau"  # as the study's ReduceLROnPlateau; "cosine": warm-up, then cosine to zero; "constant"
    warmup_epochs: float = 0.0
    keep: str = "best"  # weights: "best" epoch by validation accuracy, or "last" where the rate anneals to zero
    ema: float = 0.0  # momentum of the moving average of the weights; 0: none
    tta: str = "flip"  # test-time augmentation: "flip" as the dashboard answers, or "ten-crop"
    paper_experiment: int | None = None  # row of the paper's Table 1 that this reproduces
    ablation_of: str | None = None  # the experiment that this one changes in a single `factor`
    factor: str | None = None
    deploy: bool = False  # write model.onnx: the dashboard predicts with it
    quantise: bool = False  # store model.onnx in 8 and 4 bits, with its accuracy before and after

    @property
    def group(self) -> str:
        """Where it belongs in a list: "study", "ablation", "works", "curve", "crowd" or "ours"."""
        if self.train_share < 1:
            return "curve"
        if self.learns == "votes":
            return "crowd"
        if self.network.startswith("vgg_quarter"):
            return "ablation"
        if self.name.startswith(("gan-", "sound-")):
            return "works"
        return "study" if self.paper_experiment else "ours"
