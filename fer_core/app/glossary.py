"""The words that a visitor may not know, each in a sentence or two. Pure functions, no Streamlit."""

import re
from collections.abc import Collection
from dataclasses import dataclass

PAGE, ANCHOR = "about", "glossary"


@dataclass(frozen=True)
class Term:
    """A word, what it means, and how it appears in texts: a regular expression, compared without case."""

    name: str
    meaning: str
    pattern: str

    @property
    def anchor(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


TERMS = (
    Term("Ablation", "Training again with one thing changed, to see what that thing is worth.", r"ablations?"),
    Term("Augmentation", "Changing each training picture a little (turned, shifted, mirrored, darker) every time the network sees it, so that it learns faces and not pictures.", r"augmentation"),
    Term("Calibration", "Making confidence honest: of the answers given with 70 % confidence, 70 % should be right. The calibration error is the average gap between the two; 0 is best.", r"calibration error|calibration|calibrated"),
    Term("Confidence interval", "The range of true scores that fit what was measured: made anew from other pictures of the same kind, 95 such ranges in 100 would hold the true score. More pictures make it narrower.", r"95 % intervals?"),
    Term("Confusion matrix", "A table with a row per true class and a column per answer. The diagonal holds what was right; every other cell counts one kind of mistake.", r"confusion matri(?:x|ces)"),
    Term("Crowd", "The ten people who voted on a picture for FER+, others on every picture. Their choice and FER2013's label are two different right answers, and this site never mixes them. What most people see is the one of the seven answers with the most of ten votes; that need not be more than half of them.", r"(?<!taught by )the crowd(?:'s)?"),
    Term("Epoch", "One pass over all training pictures.", r"epochs?"),
    Term("F1 score", "One number for precision and recall (their harmonic mean): high only when both are.", r"(?<!macro )F1"),
    Term("FER+", "The same pictures judged again in 2016: ten people each chose among eight expressions, or none.", r"FER\+"),
    Term("FER2013", "35,887 grey faces of 48 × 48 pixels from an image search in 2013. The search word became the label; people struck out only what was plainly wrong.", r"FER2013(?!'s)"),
    Term("Macro F1", "The plain mean of the seven classes' F1 scores. Rare classes count as much as common ones, so it is lower than accuracy where disgust and fear are missed.", r"macro F1"),
    Term("Mirror average", "The mean of the answers to a face and to its mirror image. It costs a second look and gains between a fifth of a point and a point and a half.", r"mirror image averaged|test-time augmentation"),
    Term("Precision", "Of the faces that the network calls happy, say, the share that are.", r"precision"),
    Term("PublicTest, PrivateTest", "The two halves of the 7,178 test pictures: the public half ranked the contest of 2013 while it ran, the private half decided it.", r"PublicTest|PrivateTest"),
    Term("Recall", "Of the happy faces, say, the share that the network finds.", r"recall"),
    Term("Robustness", "How much accuracy is left when pictures are blurred, dark, turned, small or covered.", r"robustness"),
    Term("Seed", "The number that starts all chance in a training: first weights, order of the pictures, augmentation. Another seed gives another network, so a difference seen with one seed may be luck.", r"seeds?"),
    Term("Twins", "Pictures that appear more than once in FER2013, pixel for pixel. A network that trained on the twin of a test picture may know it by heart; but twins are also easier, even for one that never saw them.", r"twins?"),
    Term("Validation", "Pictures held back from training. They choose the best epoch and the settings, so that the test pictures need not. Where that rule was bent, the model card on About says so.", r"validation"),
    Term("Vote shares", "How the ten votes are spread over the expressions. A network can learn the whole spread instead of a single label.", r"vote shares|votes of ten people"),
)  # fmt: skip
"""In alphabetical order."""
_PATTERNS = [(term, re.compile(rf"(?<![\w\[/-])(?:{term.pattern})(?![\w\]/-])", re.IGNORECASE)) for term in TERMS]
_FIXED = re.compile(r"`[^`]*`|\[[^\]]*\]\([^)]*\)|\*\*[^*]*\*\*|https?://\S+")
"""Parts of a text that stay as they are: code, links, bold names, addresses."""


def find_terms(text: str) -> list[Term]:
    """Return the terms that a text uses, longest words first where one is part of another."""
    return [term for term, pattern in _PATTERNS if pattern.search(text)]


def link_terms(text: str, known: Collection[str] = ()) -> tuple[str, set[str]]:
    """Link the first use of each term to the glossary; returns the text and the names of the terms that it linked.

    `known`: names of terms that the reader has met already and that stay plain.
    """
    met = set()
    for term, pattern in sorted(_PATTERNS, key=lambda pair: -len(pair[0].name)):
        if term.name in known:
            continue
        fixed = [match.span() for match in _FIXED.finditer(text)]
        for match in pattern.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in fixed):
                link = f"[{match.group()}]({PAGE}#{term.anchor})"
                text = text[: match.start()] + link + text[match.end() :]
                met.add(term.name)
                break
    return text, met


def explain(label: str) -> str:
    """Return what the words of a short label mean, for a tooltip; "" where there is nothing to say."""
    return "  \n".join(f"**{term.name}**: {term.meaning}" for term in find_terms(label))
