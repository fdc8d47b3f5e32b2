"""The charts and pictures of the dataset page say what they are given."""

import numpy as np
import pytest

from fer_core.app.charts import balance, crowd
from fer_core.app.dataset.findings import make_group_table, pick_examples
from fer_core.app.pictures import make_average_picture, make_data_url, make_difference_picture, make_sheet
from fer_core.data import REAL_COUNTS, VOTE_COLUMNS
from fer_core.data.facts_records import Conflict
from fer_core.labels import LABELS


def test_balance_stacks_the_parts_and_labels_the_sums():
    figure = balance.view_balance(REAL_COUNTS).figure
    train, test, totals = figure.data
    assert dict(zip(train.y, train.x)) == REAL_COUNTS["train"] and dict(zip(test.y, test.x)) == REAL_COUNTS["test"]
    assert totals.text[0].strip() == "8,989" and figure.layout.barmode == "stack"


def test_balance_shares_add_up_to_one_in_each_part():
    figure = balance.view_balance(REAL_COUNTS, share=True).figure
    assert [sum(bar.x) for bar in figure.data] == pytest.approx([1, 1])


def test_balance_in_words_and_as_a_table():
    view = balance.view_balance(REAL_COUNTS)
    assert view.alt.startswith("Pictures per class: happy 8,989, neutral 6,198")
    assert balance.compute_imbalance(REAL_COUNTS)[:2] == ("happy", "disgust")
    assert view.table["total"].sum() == 35_887 and list(view.table["class"]) == list(LABELS)


def test_empty_parts_break_no_chart():
    nothing = {"train": dict.fromkeys(LABELS, 0)}
    for share in (False, True):
        assert balance.view_balance(nothing, share).figure.data
    assert balance.compute_imbalance(nothing)[2] == 0


def test_conflicts_keep_their_order():
    conflicts = [Conflict(labels=("fear", "surprise"), groups=12), Conflict(labels=LABELS[:5], groups=1)]
    view = balance.view_conflicts(conflicts)
    bars = view.figure.data[0]
    assert list(bars.y) == ["5 different labels", "fear + surprise"] and list(bars.x) == [1, 12]
    assert "fear + surprise 12, 5 different labels 1" in view.alt


def test_agreement_names_every_class():
    agreement = dict(zip(LABELS, (0.49, 0.38, 0.14, 0.92, 0.86, 0.43, 0.8))) | {"all": 0.636}
    view = crowd.view_agreement(agreement)
    bars = view.figure.data[0]
    assert bars.y[-1] == "happy" and bars.x[0] == 0.14
    assert view.alt.endswith("all classes 63.6\u00a0%.")


def test_crowd_matrix_gives_shares_of_each_row():
    confusion = np.eye(7) * 6
    confusion[5, 4], confusion[2] = 2, 0
    view = crowd.view_crowd_matrix(confusion)
    share = np.array(view.figure.data[0].z)
    assert share[5, 4] == 0.25 and share[2].sum() == 0
    assert "25\u00a0% of sad are neutral" in view.alt


def test_votes_use_our_words_and_show_the_label_without_votes():
    votes = np.zeros(10, np.uint8)
    votes[VOTE_COLUMNS.index("happiness")], votes[VOTE_COLUMNS.index("NF")] = 7, 3
    view = crowd.view_votes(votes, "sad")
    bars = view.figure.data[0]
    assert list(bars.y) == ["<b>sad</b>", "not a face", "happy"] and list(bars.x) == [0, 3, 7]
    assert view.alt == "Votes: happy 7, not a face 3"


def test_groups_of_identical_pictures():
    pictures = {
        "duplicate_group": np.array([0, -1, 0, 1, 1, 1]),
        "label": np.array([0, 1, 2, 3, 3, 3]),
        "file": np.array(list("abcdef")),
        "is_test": np.array([False, False, True, False, False, True]),
    }
    table = make_group_table(pictures, np.array([True, True, False, True, False, False]))
    assert table["files"].tolist() == ["train/happy/d, train/happy/e, test/happy/f", "train/angry/a, test/fear/c"]
    assert table["labels"].tolist() == ["happy", "angry + fear"] and table["in_test"].tolist() == [1, 1]
    assert len(pick_examples(table)) == 2


def test_a_sheet_holds_every_pixel_and_frames_the_marked():
    pictures = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    sheet = np.asarray(make_sheet(pictures, columns=2, scale=1, marked=[False, True], mark="#ff0000"))
    assert sheet.shape == (2 * 50 + 2, 2 * 50 + 2, 4)
    assert (sheet[2:50, 2:50, 0] == pictures[0]).all() and (sheet[2:50, 52:100, 0] == pictures[1]).all()
    assert sheet[0, 60].tolist() == [255, 0, 0, 255] and sheet[0, 10, 3] == 0
    assert sheet[60, 60, 3] == 0  # no fourth picture


def test_averages_as_pictures():
    face = np.tile(np.linspace(100, 140, 48, dtype=np.float16), (48, 1))
    levels = np.asarray(make_average_picture(face, 96))
    assert levels.shape == (96, 96) and levels.min() < 5 and levels.max() > 250
    colors = ["#000000", "#808080", "#ffffff"]
    assert (np.asarray(make_difference_picture(face, face, colors, 96)) == 128).all()
    assert make_average_picture(np.full((48, 48), np.nan)).size == (240, 240)


def test_a_data_url_is_a_png():
    assert make_data_url(np.zeros((48, 48), np.uint8)).startswith("data:image/png;base64,iVBOR")
