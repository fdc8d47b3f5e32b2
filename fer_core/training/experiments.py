"""The experiments: what each run differs in. `python train.py list` prints them."""

from dataclasses import MISSING, fields, replace

from fer_core.training.experiment import Experiment

STUDY = (
    Experiment(
        "vgg-b32-e50",
        "Study's VGG, experiment 1, our rerun",
        "reported: 62 % on the test pictures; 97 s an epoch there",
        epochs=50,
        paper_experiment=1,
        quantise=True,
    ),
    Experiment(
        "vgg-b32-e100",
        "Study's VGG, experiment 2, our rerun",
        "reported: 64 %, the study's best",
        paper_experiment=2,
        quantise=True,
    ),
    Experiment(
        "vgg-b64-e100",
        "Study's VGG, experiment 3, our rerun",
        "reported: 64 %",
        batch_size=64,
        paper_experiment=3,
        quantise=True,
    ),
)


QUARTER = replace(
    STUDY[1],
    name="quarter",
    title="Study's VGG at quarter width",
    note="the test bed of the ablation: a sixteenth of the arithmetic; about 20 s an epoch on two CPU cores",
    network="vgg_quarter",
    epochs=30,
    paper_experiment=None,
    quantise=False,
)


def vary_quarter(name: str, factor: str, **change) -> Experiment:
    """The study's recipe at quarter width with one thing changed."""
    return replace(
        QUARTER, name=f"quarter-{name}", title=f"Study's VGG at quarter width, {factor}", note="compare with quarter",
        ablation_of=QUARTER.name, factor=factor, **change,
    )  # fmt: skip


ABLATION = (
    # What the study says it should have done (section 7.3).
    vary_quarter("oversampled", "rare classes drawn more often", class_balance="oversampled"),
    vary_quarter("weighted", "rare classes weigh more", class_balance="weighted"),
    vary_quarter("effective", "class-balanced loss", class_balance="effective"),
    vary_quarter("focal", "focal loss", loss="focal"),
    vary_quarter("rate-0.01", "learning rate .01", learning_rate=0.01),
    vary_quarter("dropout-0.3", "dropout .3", network="vgg_quarter_dropout_0.3"),
    vary_quarter("dropout-0.7", "dropout .7", network="vgg_quarter_dropout_0.7"),
    vary_quarter("shallow", "one convolution fewer in each block", network="vgg_quarter_shallow"),
    vary_quarter("deep", "one convolution more in each block", network="vgg_quarter_deep"),
    # What it claims as its strengths (section 7.1), taken away; and what it did unasked.
    vary_quarter("no-vertical-flip", "no vertical flip", augmentation="study-no-vertical-flip"),
    vary_quarter("no-erasing", "no erasing", augmentation="study-no-erasing"),
    vary_quarter("no-augmentation", "no augmentation", augmentation="none"),
    vary_quarter("no-normalisation", "no batch normalisation", network="vgg_quarter_plain"),
    vary_quarter("constant", "constant learning rate", schedule="constant"),
    vary_quarter("batch-128", "batches of 128", batch_size=128),
)

COMPACT = Experiment(
    "compact",
    "Compact network",
    "67 % or more on the test pictures; about 60 s an epoch on two CPU cores",
    network="compact",
    epochs=100,
    batch_size=128,
    split="grouped",
    augmentation="compact",
    learning_rate=0.08,
    nesterov=True,
    weight_decay=5e-4,
    label_smoothing=0.1,
    schedule="cosine",
    warmup_epochs=1,
    keep="last",  # one epoch's validation accuracy is uncertain by 0.9 points here: too noisy to choose by
    ema=0.998,
    deploy=True,
)
COMPACT_60 = replace(
    COMPACT,
    name="compact-e60",
    title="Compact network, 60 epochs",
    note="do 60 epochs do as well? On validation pictures 1.4 points worse, so the recipe keeps its 100",
    epochs=60, ablation_of=COMPACT.name, factor="60 epochs instead of 100", deploy=False,
)  # fmt: skip
CURVE = tuple(
    replace(
        COMPACT, name=f"compact-{name}", title=f"Compact network, {words} of the pictures", train_share=share,
        note=f"a point of the learning curve, with as many steps as all pictures take; {60 * share:.0f} s an epoch on two cores",
        # As many steps, so that the moving average, too, forgets over the same share of the training.
        epochs=round(COMPACT.epochs / share), warmup_epochs=COMPACT.warmup_epochs / share,
        ablation_of=COMPACT.name, factor=f"{words} of the training pictures", deploy=False,
    )
    for name, words, share in (
        ("half", "half", 1 / 2), ("quarter", "a quarter", 1 / 4), ("eighth", "an eighth", 1 / 8),
    )
)  # fmt: skip
RESIDUAL = replace(
    COMPACT,
    name="residual",
    title="Residual network",
    note="69 % or more of FER2013's labels; two minutes an epoch on two CPU cores",
    network="residual",
    epochs=60,
    cutmix=0.5,
    mixup=0.2,
    learning_rate=0.1,
    ema=0.999,
)
BEST = replace(
    COMPACT,
    name="best",
    title="Narrow VGG",
    note="not measured yet; wants a GPU",
    network="vgg_narrow_se",
    epochs=150,
    augmentation="strong",
    cutmix=0.3,
    mixup=0.2,
    learning_rate=0.05,
    warmup_epochs=2,
    ema=0.999,
    tta="ten-crop",
    deploy=False,
)
CROWD_COMPACT = replace(
    COMPACT,
    name="crowd-compact",
    title="Compact network, taught by the crowd",
    note="about 80 % of what most people see; about 50 s an epoch on two CPU cores",
    epochs=20,
    learns="votes",
    label_smoothing=0.0,  # votes are soft already
)
CROWD = (
    CROWD_COMPACT,
    replace(
        CROWD_COMPACT,
        name="crowd",
        title="Face ResNet, taught by the crowd",
        note="about 83 % of what most people see, mirror image averaged; starts from dlib's face recognition network",
        network="face_resnet",
        pretrained="dlib",
        augmentation="degraded",
        epochs=25,
        rarity=0.5,
        learning_rate=0.03,
        quantise=True,
    ),
)
FACES = (  # the study's future work: start from a pre-trained ResNet, beside the same one from scratch
    replace(
        CROWD[1],
        name="face-labels",
        title="Face ResNet, taught FER2013's labels",
        note="about 66 % of FER2013's labels, one look; starts from dlib's face recognition network",
        learns="labels",
        label_smoothing=0.1,
        augmentation="compact",
        cutmix=0.3,
        rarity=0.0,
        deploy=False,
        quantise=False,
    ),
)
FACES += (
    replace(
        FACES[0],
        name="face-scratch",
        title="Face ResNet from scratch",
        pretrained=None,
        note="compare with face-labels",
    ),
)
GAN = Experiment(
    "gan-alexnet",
    "AlexNet, Gan's recipe",
    "20 passes at a rate of .001, as the study says of Gan (2018), whose AlexNet gets 64 % and beats the other families",
    network="alexnet",
    epochs=20,
    batch_size=128,
    augmentation="study-no-vertical-flip",
    schedule="constant",
)
SOUND = replace(
    GAN, name="sound-alexnet", title="AlexNet, stronger recipe", note="the same 20 passes with rates that fall from .02",
    learning_rate=0.02, nesterov=True, weight_decay=5e-4, schedule="cosine", warmup_epochs=1, keep="last",
)  # fmt: skip
WORKS = tuple(
    replace(
        recipe,
        name=f"{recipe.name.split('-')[0]}-{network}",
        title=recipe.title.replace("AlexNet", words),
        network=network,
    )
    for recipe in (GAN, SOUND)
    for network, words in (
        ("alexnet", "AlexNet"),
        ("vgg16", "VGG-16"),
        ("googlenet", "GoogLeNet"),
        ("resnet18", "ResNet-18"),
    )
)
"""The families that the study reviews, all under one protocol: its split, its augmentation without the vertical flip."""
OURS = (
    COMPACT,
    COMPACT_60,
    RESIDUAL,
    BEST,
    replace(BEST, name="best-all", title="Narrow VGG, trained on validation too", split="all"),
    replace(
        BEST,
        name="distilled",
        title="Distilled network",
        note="learns from other runs: give them as --distil-from RUN ...; not measured yet",
        network="student",
        augmentation="compact",
        label_smoothing=0.0,  # the teachers' answers are soft already
        teacher_share=0.7,
        tta="flip",
        deploy=True,
    ),
)
EXPERIMENTS = {
    experiment.name: experiment for experiment in (*STUDY, QUARTER, *ABLATION, *WORKS, *CURVE, *OURS, *FACES, *CROWD)
}


class UnknownExperiment(ValueError):
    """No experiment has that name; the message lists the known ones."""


def get_defaults() -> dict:
    """The settings that an experiment has unless it states others."""
    return {field.name: field.default for field in fields(Experiment) if field.default is not MISSING}


def find_experiment(name: str) -> Experiment:
    """Look an experiment up. Raises UnknownExperiment."""
    if name not in EXPERIMENTS:
        raise UnknownExperiment(f"Unknown experiment {name!r}. Known: {', '.join(EXPERIMENTS)}.")
    return EXPERIMENTS[name]
