"""The works that the report cites, numbered in this order."""

from fer_core.app.report.article import Reference
from fer_core.runs.literature import LITERATURE, LiteratureRow
from fer_core.runs.paper import CITATION

BASES = (
    Reference("study", CITATION),
    Reference(
        "fer2013",
        "I. J. Goodfellow et al., Challenges in representation learning: a report on three machine learning contests, 2013.",
        "https://arxiv.org/abs/1307.0414",
    ),
    Reference(
        "ferplus",
        "E. Barsoum, C. Zhang, C. Canton Ferrer and Z. Zhang, Training deep networks for facial expression recognition with "
        "crowd-sourced label distribution, 2016.",
        "https://arxiv.org/abs/1608.01041",
    ),
    Reference(
        "vgg",
        "K. Simonyan and A. Zisserman, Very deep convolutional networks for large-scale image recognition, 2015.",
        "https://arxiv.org/abs/1409.1556",
    ),
    Reference(
        "batchnorm",
        "S. Ioffe and C. Szegedy, Batch normalization: accelerating deep network training by reducing internal covariate "
        "shift, 2015.",
        "https://arxiv.org/abs/1502.03167",
    ),
    Reference(
        "calibration",
        "C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, On calibration of modern neural networks, 2017.",
        "https://arxiv.org/abs/1706.04599",
    ),
    Reference(
        "corruptions",
        "D. Hendrycks and T. Dietterich, Benchmarking neural network robustness to common corruptions and perturbations, 2019.",
        "https://arxiv.org/abs/1903.12261",
    ),
    Reference(
        "act",
        "Regulation (EU) 2024/1689, Artificial Intelligence Act.",
        "https://eur-lex.europa.eu/eli/reg/2024/1689/oj",
    ),
)


def list_references() -> list[Reference]:
    """Return the bases, then the literature's works, each source once."""
    known = {reference.url for reference in BASES if reference.url}
    works = {row.url: row for row in LITERATURE if row.url and row.url not in known}
    return [*BASES, *(_make_reference(row) for row in works.values())]


def _make_reference(row: LiteratureRow) -> Reference:
    year = f", {row.year}" if row.year else ""
    source = f"{row.work}, {row.source}" if row.source.startswith("repository") else row.source
    return Reference(row.url, f"{source}{year}.", row.url)


def cite(*keys: str) -> str:
    """Return the numbers of works as Markdown links, for example "[[2](#ref-2), [3](#ref-3)]"; KeyError if unknown."""
    numbers = {reference.key: number for number, reference in enumerate(list_references(), 1)}
    return "[" + ", ".join(f"[{numbers[key]}](#ref-{numbers[key]})" for key in keys) + "]"
