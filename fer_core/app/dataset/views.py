"""The four views of the dataset page, each drawn from the dataset's facts."""

import numpy as np
import streamlit as st

from fer_core.app import dataset_album as albums
from fer_core.app import fetching, loading, theme, ui
from fer_core.app.charts import balance, crowd
from fer_core.app.dataset import browser, findings
from fer_core.app.dataset_album import Album
from fer_core.app.formats import format_count, format_percent
from fer_core.app.gallery.answers import load_predicted
from fer_core.app.pictures import make_average_picture, make_difference_picture
from fer_core.data import DatasetFacts
from fer_core.data.duplicates import NEAR
from fer_core.data.facts_records import Duplicates
from fer_core.labels import LABELS

SPLITS = {
    "The study's split": "Validation is the first fifth of each class in the training folder, by file name.",
    "Kaggle's folders": "As downloaded: two folders.",
    "Ours, without leaks": "Copies stay on one side; training pictures with a copy in the test folder are left out.",
    "The contest's parts": "Public and private test pictures of the 2013 contest; Kaggle's test folder joins them.",
}


def render_no_facts() -> None:
    """Say that nothing has been counted yet."""
    ui.empty_state(
        "No facts about the dataset yet",
        "Bring FER2013 (`FER2013_PATH` or a copy in `data/`): they are counted from it and shown here.",
        icon="photo_library",
    )


def render_classes(facts: DatasetFacts) -> None:
    """Show how many pictures each class has in each part, and the average face of each class."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        split = ui.choose_one("Split", list(SPLITS), default="The study's split", key="dataset-split")
        measure = ui.choose_one(
            "Measure", ["Pictures", "Shares"], default="Pictures", key="dataset-measure",
            help="Shares: how each part divides into classes.",
        )  # fmt: skip
    counts = dict(zip(SPLITS, (facts.study_split, facts.counts, facts.grouped_split, facts.usages)))[split]
    ui.metric_row(ui.Metric(name, format_count(sum(part.values()))) for name, part in counts.items())
    ui.render_chart(
        balance.view_balance(counts, measure == "Shares"),
        "dataset-balance",
        caption=SPLITS[split],
    )
    ui.section(
        "The average face of each class",
        "All pictures of a class laid over one another: individuals vanish, what they share remains.",
        anchor="average-faces",
    )
    _render_average_faces(facts)


def _render_average_faces(facts: DatasetFacts) -> None:
    look = ui.choose_one(
        "Average", ["Average face", "What sets it apart"], default="Average face", key="dataset-average",
        label_visibility="collapsed",
    )  # fmt: skip
    faces = facts.mean_faces["all"].astype(np.float32)
    average = np.nanmean(faces, axis=0)
    totals = balance.compute_class_totals(facts.counts)
    colors = st.get_option(f"theme.{'dark' if theme.is_dark() else 'light'}.chartDivergingColors")
    with st.grid(len(LABELS), min_column_width=104):
        for label, face in zip(LABELS, faces):
            plain = look == "Average face"
            picture = make_average_picture(face) if plain else make_difference_picture(face, average, colors)
            alt = f"Average of {totals[label]} faces labelled {label}" + (
                "" if plain else ", against all seven classes"
            )
            with st.container(gap="xsmall"):
                st.image(picture, width="stretch", output_format="PNG", alt=alt)
                st.caption(f"{theme.ICONS[label]} **{label}** · {format_count(totals[label])}")
    if look != "Average face":
        st.caption("Against the average of all seven classes: violet is brighter, brown is darker.")


def render_pictures(album: Album | None) -> None:
    """Show the browser: FER2013 when it is at hand, else drawn faces and the way to the real ones."""
    if album is None:
        if not fetching.render_fetch():
            browser.render_bring_data()
        album = albums.load_drawn_album()
    if album.problem:
        st.warning(album.problem, icon=":material/how_to_vote:")
    run = loading.load_default_run()
    predicted = load_predicted(run, album) if run and not album.dataset.drawn else None
    chosen = browser.render_filters(album, answered=predicted is not None)
    browser.render_browser(album, albums.find_rows(album, chosen, predicted), predicted)


def describe_near(found: Duplicates) -> str:
    """Name the near copies, where they were counted, and the page that says what such a leak is worth."""
    if not found.near_twins:
        return ""
    return (
        f" {format_count(found.near_twins)} more are nearly repeated there (correlation above {NEAR}). What having seen the "
        "twins is worth is measured on the leaderboard."
    )


def render_copies(facts: DatasetFacts, album: Album | None) -> None:
    """Show identical pictures: how many, those on both sides of the test, those under two labels."""
    found, n_test = facts.duplicates, max(sum(facts.counts["test"].values()), 1)
    leak = found.twins / n_test
    ui.metric_row(
        [
            ui.Metric("Copies", format_count(found.pictures), f"in {format_count(found.groups)} groups",
                      help="Pictures whose pixels are exactly those of another one."),
            ui.Metric("Test, also in train", format_count(found.twins), f"{format_percent(leak)} of the test",
                      help="A network can remember their labels instead of recognising the face."),
            ui.Metric("Contradictory", format_count(found.conflicting_groups),
                      f"{found.conflicting_pictures} pictures", help="The same pixels under two or more labels."),
            ui.Metric("Blank", format_count(facts.blank), "no face at all"),
        ]
    )  # fmt: skip
    if found.twins:
        ui.section(
            "The test folder leaks",
            f"{format_count(found.twins)} test pictures, {balance.describe_share(leak)}, are also in the training "
            f"folder, {format_count(found.twins_same_label)} of them with the same label. So every result here is "
            f"also given without them, and our own split keeps copies on one side.{describe_near(found)}",
            anchor="leaks",
        )
        twins = facts.pictures["twin"] & ~facts.pictures["conflict"]
        findings.render_groups(findings.make_group_table(facts.pictures, twins), album, facts.pictures, "twin")
        findings.render_see_all("twins", album)
    if facts.conflicts:
        ui.section(
            "The same pixels, another label",
            f"{found.conflicting_groups} groups of identical pictures carry different labels. "
            "Whatever a network answers, it is wrong about at least one picture in each.",
            anchor="contradictions",
        )
        ui.render_chart(
            balance.view_conflicts(facts.conflicts),
            "dataset-conflicts",
            caption="Groups of identical pictures by the labels they carry.",
        )
        table = findings.make_group_table(facts.pictures, facts.pictures["conflict"])
        findings.render_groups(table, album, facts.pictures, "conflict")
        findings.render_see_all("contradictions", album)


def render_crowd(facts: DatasetFacts) -> None:
    """Show how far FER+'s crowd agrees with FER2013's labels, and what it says instead."""
    if facts.crowd is None:
        ui.empty_state(
            "No crowd votes yet",
            "Put FER+'s `ferplus_votes.csv` beside FER2013, or name it in `FERPLUS_PATH`.",
            icon="groups",
        )
        return
    agreement, confusion = facts.crowd.agreement, facts.crowd.confusion
    worst = min(LABELS, key=lambda label: agreement[label] or 0)
    ui.section(
        "How often ten people agree with the label",
        f"FER+ had ten people label each picture again. They confirm {format_percent(agreement['all'])} of FER2013's "
        f"labels, and only {format_percent(agreement[worst], 0)} of **{worst}**: some of a network's mistakes are really the "
        "labels'.",
        anchor="agreement",
    )
    voted = format_count(facts.crowd.voted)
    ui.render_chart(
        crowd.view_agreement(agreement),
        "dataset-agreement",
        caption=f"Dotted: all {voted} pictures with votes for any of the seven. Ties are split.",
    )
    view = crowd.view_crowd_matrix(confusion)
    ui.section("What they say instead", view.alt.partition(": ")[2], anchor="instead")
    ui.render_chart(
        view,
        "dataset-crowd-matrix",
        caption="Percent of each row. Barsoum et al. 2016, arXiv:1608.01041.",
    )
