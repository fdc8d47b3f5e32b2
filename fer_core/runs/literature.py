"""What others report on FER2013, with what makes two numbers comparable: split, data, ensembles, and who chose what.

Only facts found in the sources given; None means that the source does not say. Accuracies are shares from 0 to 1.
PublicTest and PrivateTest hold 3,589 pictures each; together they are the 7,178 test pictures of the Kaggle folder.
"""

from dataclasses import dataclass

PUBLIC, PRIVATE, BOTH = "PublicTest", "PrivateTest", "PublicTest + PrivateTest"

KHAIREDDIN = "https://arxiv.org/abs/2105.03588"
WUJIE = "https://github.com/WuJie1010/Facial-Expression-Recognition.Pytorch"
RESMASK = "https://github.com/phamquiluan/ResidualMaskingNetwork"
RESEMOTE = "https://github.com/ArnabKumarRoy02/ResEmoteNet"


@dataclass(frozen=True)
class LiteratureRow:
    """One reported accuracy; `selected_on` names the pictures that chose the epoch or the settings."""

    work: str
    year: int | None
    network: str
    split: str | None
    accuracy: float | None
    source: str
    url: str
    extra_data: bool | None = None
    pretraining: str | None = None
    ensemble: bool | None = None
    tta: bool | None = None
    selected_on: str | None = None
    note: str = ""

    @property
    def is_selected_on_reported_split(self) -> bool:
        """True when the pictures that chose the network are those it is reported on: the number is optimistic."""
        return self.selected_on is not None and self.selected_on == self.split


LITERATURE = (
    LiteratureRow(
        "People", 2013, "human raters", None, 0.65,
        "Goodfellow et al., Challenges in Representation Learning", "https://arxiv.org/abs/1307.0414",
        note="Reported as 65 % give or take 5.",
    ),
    LiteratureRow(
        "Tang, winner of the contest", 2013, "CNN with a linear support vector machine on top", PRIVATE, 0.7116,
        "Tang, Deep Learning using Linear Support Vector Machines", "https://arxiv.org/abs/1306.0239",
        note="The only row whose labels were withheld until the networks were handed in.",
    ),
    LiteratureRow(
        "Gan", 2018, "AlexNet, modified", None, 0.64,
        "Gan, Facial Expression Recognition Using Convolutional Neural Network, ICVISIP",
        "https://doi.org/10.1145/3271553.3271584", ensemble=False,
        note="20 epochs, learning rate 0.001; best of AlexNet, VGGNet, GoogLeNet and ResNet there. "
        "The work that the study compares itself with.",
    ),
    LiteratureRow(
        "Mehendale (FERC)", 2020, "two-stage CNN with a 24-value expression vector", None, None,
        "Mehendale, Facial emotion recognition using convolutional neural networks (FERC)",
        "https://doi.org/10.1007/s42452-020-2234-1",
        note="Not FER2013: five classes on other collections, so no accuracy to set beside these.",
    ),
    LiteratureRow(
        "Alturki and Alfouzan (the study)", 2024, "VGG variant, 43.3 M parameters", BOTH, 0.64,
        "CSC462 course project, experiment 2", "", extra_data=False, ensemble=False, tta=False,
        selected_on="a fifth of the training folder",
    ),
    LiteratureRow(
        "WuJie1010", None, "VGG19 with batch norm", PRIVATE, 0.73112, "repository", WUJIE, extra_data=False,
        ensemble=False, tta=True, selected_on=PRIVATE, note="Ten crops at test time; best epoch on PrivateTest itself.",
    ),
    LiteratureRow(
        "WuJie1010", None, "VGG19 with batch norm", PUBLIC, 0.71496, "repository", WUJIE, extra_data=False,
        ensemble=False, tta=True, selected_on=PUBLIC, note="Ten crops at test time; best epoch on PublicTest itself.",
    ),
    LiteratureRow(
        "Pham et al. (ResMaskNet)", 2020, "residual masking network", PRIVATE, 0.7414,
        "Pham, Huynh, Tran, Facial Expression Recognition using Residual Masking Network, ICPR", RESMASK,
        pretraining="ImageNet", ensemble=False,
        note="The published code can average augmented copies at test time; the table does not say whether it did.",
    ),
    LiteratureRow(
        "Pham et al. (ResMaskNet and six others)", 2020, "seven networks averaged", PRIVATE, 0.7682,
        "Pham, Huynh, Tran, Facial Expression Recognition using Residual Masking Network, ICPR", RESMASK,
        pretraining="ImageNet", ensemble=True,
    ),
    LiteratureRow(
        "Khaireddin and Chen", 2021, "VGG variant", PRIVATE, 0.7328,
        "Khaireddin and Chen, Facial Emotion Recognition: State of the Art Performance on FER2013", KHAIREDDIN,
        extra_data=False, ensemble=False, tta=True, selected_on=PRIVATE,
        note="The published code uses PrivateTest as its validation set; replications reach 72.0 to 72.4 %.",
    ),
    LiteratureRow(
        "Yuan (LetheSec)", 2021, "ResNet18 for small pictures", PRIVATE, 0.7370, "repository",
        "https://github.com/LetheSec/Fer2013-Facial-Emotion-Recognition-Pytorch", extra_data=False, ensemble=False,
        tta=True, selected_on=PRIVATE, note="The published code uses PrivateTest as its validation set; ten crops.",
    ),
    LiteratureRow(
        "orientino", None, "narrow VGG, 4.7 M parameters", PUBLIC, 0.726, "repository",
        "https://github.com/orientino/fer-loopai", extra_data=False, ensemble=False, tta=False, selected_on=PUBLIC,
        note="Called validation accuracy there; the best epoch on the same pictures.",
    ),
    LiteratureRow(
        "Roy et al. (ResEmoteNet)", 2024, "CNN with squeeze-and-excitation and residual blocks", None, 0.7979,
        "repository and its issues 13, 32, 42, 47 and 49", RESEMOTE,
        note="Suspected leakage: readers report over 90 % with the data set handed out, about 60 to 66 % without it, "
        "and augmented copies on both sides of the split.",
    ),
)  # fmt: skip
"""Reported accuracies, in no strict order. PrivateTest is easier than PublicTest by about 1.6 to 2 points."""
