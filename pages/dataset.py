"""What FER2013 holds: its balance, its pictures, its copies, and what a crowd thinks of its labels."""

import streamlit as st

from fer_core.app import dataset_album as albums
from fer_core.app import loading, router, shell, ui
from fer_core.app.charts.balance import compute_imbalance
from fer_core.app.dataset import views
from fer_core.app.formats import format_count, format_percent
from fer_core.data import DatasetError, DatasetFacts, compute_dataset_facts

router.start(__file__)


@st.cache_resource(show_spinner="Counting FER2013", max_entries=1)
def compute_facts(source: str, n: int, _dataset) -> DatasetFacts:
    """Count a dataset that is on this machine when no artifact brings its facts."""
    return compute_dataset_facts(_dataset)


def describe(facts: DatasetFacts) -> str:
    most, least, ratio = compute_imbalance(facts.counts)
    text = f"{format_count(len(facts.pictures['file']))} faces of 48 × 48 pixels, each with one of seven labels. "
    if ratio < 1.5:
        text += "All classes are about equally large"
    else:
        text += f"There are {ratio:.0f} times as many pictures of **{most}** as of **{least}**"
    if facts.crowd:
        agreed = format_percent(facts.crowd.agreement["all"], 0)
        text += f", and ten people who looked again agree with only **{agreed}** of the labels"
    return f"{text}." + (" **Drawn faces, not FER2013.**" if facts.drawn else "")


problems, facts, album = [], None, None
try:
    facts = loading.load_facts()
except DatasetError as error:
    problems.append(str(error))
try:
    album = albums.find_album()
except DatasetError as error:
    problems.append(str(error))
if facts is None and album is not None:
    facts = compute_facts(album.dataset.source, len(album.dataset), album.dataset)

general = "FER2013: small grey faces from an image search, each with one of seven labels."
ui.page_header("Dataset", describe(facts) if facts else general)
if facts:
    ui.set_subject([f"{format_count(len(facts.pictures['file']))} {'drawn faces' if facts.drawn else 'pictures'}"])
for problem in problems:
    st.warning(shell.shorten_paths(problem), icon=":material/folder_off:")

VIEWS = {
    "Classes": lambda: views.render_classes(facts),
    "Pictures": lambda: views.render_pictures(album),
    "Copies": lambda: views.render_copies(facts, album),
    "Crowd": lambda: views.render_crowd(facts),
}
tabs = st.tabs(list(VIEWS), key="dataset-view", bind="query-params", on_change="rerun")
for tab, (name, render) in zip(tabs, VIEWS.items()):
    if tab.open:
        with tab:
            if facts is None and name != "Pictures":
                views.render_no_facts()
            else:
                render()

ui.share_note()
