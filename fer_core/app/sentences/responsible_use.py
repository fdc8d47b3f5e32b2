"""What this may be used for, what not, and what to keep in mind before believing an answer."""

FINE = (
    "Learning and teaching how such networks work, and fail",
    "Comparing training recipes on a public benchmark",
    "Playing with your own photos, or with those of people who agreed",
)
NOT_FINE = (
    "Judging people: hiring, grading, policing, insurance, health care",
    "Watching people at work or in schools",
    "Finding out what a person feels, intends, or whether they lie",
    "Photos of people who do not know about it",
)
LIMITS = (
    "**A face is not a feeling.** People smile without joy and feel without showing it.",
    (
        "**The labels are rough.** They are the search words that found the pictures; people only removed what did "
        "not fit (Goodfellow et al. 2013). Ten people asked later confirm two thirds of them."
    ),
    "**The crowd is not the person.** Votes say what strangers see in one small grey picture.",
    (
        "**Fairness is not measured here.** FER2013 does not say who is in its pictures. Others measured bias with "
        "labels that machines gave to such pictures ([arXiv:2502.11049](https://arxiv.org/abs/2502.11049), "
        "[arXiv:2303.15889](https://arxiv.org/abs/2303.15889)); for whom this network works worse, nobody has measured."
    ),
    "**Rare expressions suffer.** One picture in sixty-five shows disgust; the network has seen few and misses many.",
    "**Only faces like those.** Upright, mostly frontal. Hands, masks, dim light and profiles are hard for it.",
    "**Seven boxes.** Whatever the face shows, the answer is one of seven words, or that it is not sure.",
)
