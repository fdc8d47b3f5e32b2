"""What FER2013 holds: its balance, its pictures, its copies, and what a crowd thinks of its labels."""

import numpy as np
import streamlit as st

from fer_core.app import album as albums
from fer_core.app import browser, findings, loading, shell, theme, ui
from fer_core.app.charts import balance, crowd
from fer_core.app.formats import format_count, format_percent
from fer_core.app.pictures import make_average_picture, make_difference_picture
from fer_core.data import DatasetError, compute_dataset_facts
from fer_core.labels import LABELS

shell.start(__file__)

SPLITS = {
    "study": "The study's split",
    "kaggle": "Kaggle's folders",
    "ours": "Ours, without leaks",
    "contest": "The contest's parts",
}
SPLIT_NOTES = {
    "study": "Per class, the first fifth of the training folder in the order of file names validates.",
    "kaggle": "As downloaded: two folders.",
    "ours": "Copies stay on one side; training pictures whose copy lies in the test folder are left out.",
    "contest": "The test folder joins the contest's public and private leaderboard pictures.",
}


@st.cache_resource(show_spinner="Counting FER2013", max_entries=1)
def compute_facts(source: str, n: int, _album):
    """Facts of a dataset that is on this machine when no artifact brings them."""
    return compute_dataset_facts(_album.dataset)


problems, facts, album = [], None, None
try:
    facts = loading.load_facts()
except DatasetError as error:
    problems.append(str(error))
try:
    album = albums.load_album() if loading.find_dataset_path() else None
except DatasetError as error:
    problems.append(str(error))
if facts is None and album is not None:
    facts = compute_facts(album.dataset.source, len(album.dataset), album)

if facts is None:
    ui.page_header("Dataset", "FER2013: small grey faces from an image search, each with one of seven labels.")
else:
    most, least, ratio = balance.compute_imbalance(facts.counts)
    takeaway = (
        f"{format_count(len(facts.pictures['file']))} faces of 48 × 48 pixels, one of seven labels each. "
        f"There are {ratio:.0f} times as many pictures of **{most}** as of **{least}**"
    )
    if facts.crowd:
        takeaway += f", and ten people asked again agree with only **{format_percent(facts.crowd['agreement']['all'], 0)}** of the labels"
    ui.page_header("Dataset", takeaway + ("." if not facts.drawn else ". **Drawn stand-in, not FER2013.**"))
for problem in problems:
    st.warning(problem, icon=":material/folder_off:")

tabs = st.tabs(
    ["Classes", "Pictures", "Copies", "Crowd"], key="dataset-view", bind="query-params", on_change="rerun"
)


def render_no_facts() -> None:
    ui.empty_state(
        "No facts about the dataset yet",
        "Bring FER2013 (`FER2013_PATH` or a copy in `data/`): they are counted from it and shown here.",
        icon="photo_library",
    )


if tabs[0].open:
    with tabs[0]:
        if facts is None:
            render_no_facts()
        else:
            with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
                split = st.segmented_control(
                    "Split", list(SPLITS), format_func=SPLITS.get, default="study", required=True,
                    key="dataset-split", bind="query-params",
                )  # fmt: skip
                measure = st.segmented_control(
                    "Measure", ["pictures", "share"], format_func={"pictures": "Pictures", "share": "Share of each part"}.get,
                    default="pictures", required=True, key="dataset-measure", bind="query-params",
                )  # fmt: skip
            counts = {
                "study": facts.study_split,
                "kaggle": facts.counts,
                "ours": facts.grouped_split,
                "contest": facts.usages,
            }[split]
            ui.metric_row(ui.Metric(name, format_count(sum(part.values()))) for name, part in counts.items())
            ui.render_chart(
                balance.make_balance_chart(counts, measure == "share"),
                "dataset-balance",
                alt=balance.describe_balance(counts),
                caption=SPLIT_NOTES[split],
                table=balance.make_balance_table(counts),
            )

            ui.section(
                "The average face of each class",
                "Thousands of pictures laid over each other: single people vanish, what they share stays.",
                anchor="average-faces",
            )
            look = st.segmented_control(
                "Average", ["mean", "difference"], default="mean", required=True, label_visibility="collapsed",
                format_func={"mean": "Average face", "difference": "What sets it apart"}.get,
                key="dataset-average", bind="query-params",
            )  # fmt: skip
            faces = facts.mean_faces["all"].astype(np.float32)
            totals = balance.compute_class_totals(facts.counts)
            average = np.nanmean(faces, axis=0)
            colors = st.get_option(f"theme.{'dark' if theme.is_dark() else 'light'}.chartDivergingColors")
            with st.grid(len(LABELS), min_column_width=104):
                for label, face in zip(LABELS, faces):
                    with st.container(gap="xsmall"):
                        picture = (
                            make_average_picture(face) if look == "mean" else make_difference_picture(face, average, colors)
                        )
                        st.image(picture, width="stretch", output_format="PNG", alt=f"Average of {totals[label]} faces labelled {label}")
                        st.caption(f"{theme.ICONS[label]} **{label}** · {format_count(totals[label])}")
            if look == "difference":
                st.caption("Against the average of all seven: violet is brighter, brown is darker, plain is the same.")

if tabs[1].open:
    with tabs[1]:
        if album is None:
            browser.render_bring_data()
            album_shown = albums.load_drawn_album()
        else:
            album_shown = album
        if album_shown.problem:
            st.warning(album_shown.problem, icon=":material/how_to_vote:")
        browser.render_browser(album_shown, albums.find_rows(album_shown, browser.render_filters(album_shown)))

if tabs[2].open:
    with tabs[2]:
        if facts is None:
            render_no_facts()
        else:
            found, n_test = facts.duplicates, sum(facts.counts["test"].values())
            ui.metric_row(
                [
                    ui.Metric("Copies", format_count(found["pictures"]), f"in {format_count(found['groups'])} groups",
                              help="Pictures whose pixels are exactly those of another one."),
                    ui.Metric("Test, also in train", format_count(found["twins"]), f"{format_percent(found['twins'] / max(n_test, 1))} of the test",
                              help="Their answers can be remembered instead of recognised."),
                    ui.Metric("Contradictory", format_count(found["conflicting_groups"]), f"{found["conflicting_pictures"]} pictures",
                              help="The same pixels under two or more labels."),
                    ui.Metric("Blank pictures", format_count(facts.blank), "no face at all"),
                ]
            )  # fmt: skip
            ui.section(
                "The test folder leaks",
                f"{format_count(found['twins'])} test pictures, {balance.describe_share(found['twins'] / max(n_test, 1))}, "
                f"also lie in the training folder; {format_count(found['twins_same_label'])} of them with the same label. "
                "So every result here is also given without them, and our own split keeps copies on one side.",
                anchor="leaks",
            )
            twins = facts.pictures["twin"] & ~facts.pictures["conflict"]
            findings.render_groups(findings.make_group_table(facts.pictures, twins), album)
            findings.render_see_all("twins", album)
            if facts.conflicts:
                ui.section(
                    "The same pixels, another label",
                    f"{found['conflicting_groups']} pictures are there more than once with different labels: "
                    "whatever a network answers, it is wrong for one of the copies.",
                    anchor="contradictions",
                )
                ui.render_chart(
                    balance.make_conflict_chart(facts.conflicts),
                    "dataset-conflicts",
                    alt=balance.describe_conflicts(facts.conflicts),
                    caption="Groups of identical pictures by the labels they carry.",
                )
                findings.render_groups(findings.make_group_table(facts.pictures, facts.pictures["conflict"]), album)
                findings.render_see_all("contradictions", album)

if tabs[3].open:
    with tabs[3]:
        if facts is None:
            render_no_facts()
        elif facts.crowd is None:
            ui.empty_state(
                "No crowd votes yet",
                "Put FER+'s `ferplus_votes.csv` beside FER2013, or name it in `FERPLUS_PATH`.",
                icon="groups",
            )
        else:
            asked, matrix = facts.crowd["agreement"], facts.crowd["confusion"]
            worst = min(LABELS, key=lambda label: asked[label] or 0)
            ui.section(
                "How often ten people agree with the label",
                f"FER+ had ten people label each picture again. They confirm {format_percent(asked['all'])} of FER2013's "
                f"labels, and only {format_percent(asked[worst], 0)} of **{worst}**: some of a network's mistakes are the labels'.",
                anchor="agreement",
            )
            ui.render_chart(
                crowd.make_agreement_chart(asked),
                "dataset-agreement",
                alt=crowd.describe_agreement(asked),
                caption=f"Dotted: all {format_count(facts.crowd['voted'])} pictures with votes for one of the seven. A tie counts in parts.",
            )
            ui.section(
                "What they say instead",
                crowd.describe_crowd_matrix(matrix).partition(": ")[2].capitalize(),
                anchor="instead",
            )
            ui.render_chart(
                crowd.make_crowd_matrix(matrix),
                "dataset-crowd-matrix",
                alt=crowd.describe_crowd_matrix(matrix),
                caption="Percent of each row. Barsoum et al. 2016, arXiv:1608.01041.",
                table=crowd.make_crowd_table(matrix),
            )

ui.share_note()
