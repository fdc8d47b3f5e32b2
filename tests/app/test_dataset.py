"""The dataset page: with and without artifacts, with and without pictures, and its browser."""

import shutil

import numpy as np
import pytest
from PIL import Image

from fer_core.app import dataset_album as albums
from fer_core.app import loading
from fer_core.app.dataset import browser
from fer_core.app.dataset_album import Filter, find_rows
from fer_core.app.gallery import answers
from fer_core.data import VOTE_COLUMNS, DatasetError, make_drawn_dataset
from fer_core.labels import LABELS
from fer_core.runs.artifacts import ARTIFACTS

VIEWS = ("Classes", "Pictures", "Copies", "Crowd")
N_TRAIN, N_TEST = 112, 42
COPY = "Training_999999.png"


@pytest.fixture(scope="session")
def drawn_folder(tmp_path_factory):
    """A Kaggle-like folder of drawn faces with votes; one angry training face also lies in test/fear."""
    root = tmp_path_factory.mktemp("drawn")
    dataset = make_drawn_dataset(N_TRAIN, N_TEST)
    rows = []
    for picture, label, name, is_test in zip(dataset.images, dataset.labels, dataset.files, dataset.is_test):
        folder = root / ("test" if is_test else "train") / LABELS[label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(folder / str(name))
        votes = np.zeros(10, int)
        votes[[VOTE_COLUMNS.index("neutral"), VOTE_COLUMNS.index("sadness")]] = (6, 4)
        rows.append([name, folder.parent.name, folder.name, *votes])
    Image.fromarray(dataset.images[0]).save(root / "test" / "fear" / COPY)
    lines = [",".join(map(str, row)) for row in [("file", "split", "label", *VOTE_COLUMNS), *rows]]
    (root / "ferplus_votes.csv").write_text("\n".join(lines) + "\n")
    return root


@pytest.fixture
def on_disk(drawn_folder, tmp_path, monkeypatch):
    """The page finds the drawn folder as its dataset."""
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FERPLUS_PATH", raising=False)
    monkeypatch.setattr(loading, "find_dataset_path", lambda: drawn_folder)


@pytest.fixture
def real_facts(tmp_path, monkeypatch):
    """The facts that are part of the repository, computed on FER2013; no runs."""
    if not (ARTIFACTS / "dataset" / "facts.json").is_file():
        pytest.skip("artifacts/dataset/ is not here")
    shutil.copytree(ARTIFACTS / "dataset", tmp_path / "dataset")
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))


GRID = "dataset-tiles"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("folder", ["artifacts", "no_artifacts", "broken_artifacts"])
def test_every_view_stands_whatever_the_artifacts(folder, view, request, open_page, all_text):
    request.getfixturevalue(folder)
    app = open_page("dataset", dataset_view=view)
    assert not app.exception and not app.error
    text = all_text(app)
    assert ("These faces are drawn" if view == "Pictures" else "No facts about the dataset yet") in text
    assert ("is not valid JSON" in text) == (folder == "broken_artifacts")


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("Classes", ("16 times as many pictures of **happy** as of **disgust**", "22,968", "5,741", "7,178")),
        ("Copies", ("3,369", "568", "7.9", "57", "13", "552")),
        ("Crowd", ("63.6", "14\u00a0% of **fear**", "51\u00a0% of sad are neutral")),
    ],
)
def test_facts_of_fer2013_show_without_a_picture(real_facts, view, words, open_page, all_text):
    app = open_page("dataset", dataset_view=view)
    assert not app.exception and not app.error
    assert [word for word in words if word not in all_text(app)] == []


def test_copies_are_named_by_their_files_without_pictures(real_facts, open_page, all_text, unfold):
    app = open_page("dataset", dataset_view="Copies")
    assert "bars up for the labels" in all_text(app) and len(app.image) == 24
    table = unfold(app, "dataset-conflict-table", "All of them by file name")
    assert len(table) == 57
    assert table["labels"].str.contains(r" \+ ").all()
    assert table["files"].iloc[0].split(", ")[0].startswith(("train/", "test/"))


def test_sixty_pictures_a_page(no_artifacts, on_disk, open_page, all_text, tiles):
    app = open_page("dataset", dataset_view="Pictures")
    assert not app.exception and not app.error
    assert len(tiles[GRID]) == 60
    app = open_page("dataset", dataset_view="Pictures", dataset_page="3")
    assert len(tiles[GRID]) == N_TRAIN + N_TEST + 1 - 120
    assert "155 pictures, here 121 to 155" in all_text(app)


def test_an_impossible_page_and_picture_in_the_address_fall_back(no_artifacts, on_disk, open_page, tiles):
    app = open_page("dataset", dataset_view="Pictures", dataset_page="9999", dataset_picture="happy/none.png")
    assert not app.exception and not app.error
    assert tiles[GRID]


def test_facts_are_counted_from_the_pictures_when_no_artifact_has_them(no_artifacts, on_disk, open_page, all_text):
    text = all_text(open_page("dataset", dataset_view="Copies"))
    assert "Copies 2" in text and "Contradictory 1" in text and "Test, also in train 1" in text


def test_filters_narrow_and_go_back_to_the_first_page(no_artifacts, on_disk, open_page, tiles):
    app = open_page("dataset", dataset_view="Pictures", dataset_page="2")
    app.selectbox(key="dataset-part").set_value("test").run()
    assert not app.exception and not app.warning
    assert len(tiles[GRID]) == N_TEST + 1
    app.text_input(key="dataset-name").set_value("privatetest").run()
    assert len(tiles[GRID]) == N_TEST // 2
    tiles.clear()
    app.text_input(key="dataset-name").set_value("no such name").run()
    assert not tiles


def test_a_tile_opens_its_picture_with_votes_and_leads_on(artifacts, on_disk, open_page, all_text, tiles):
    query = {"dataset_view": "Pictures", "dataset_classes": "angry", "dataset_order": "Class and file name"}
    open_page("dataset", **query)
    names = [tile["key"] for tile in tiles[GRID]]
    app = open_page("dataset", **query, dataset_picture=names[0])
    assert not app.exception and not app.error
    text = all_text(app)
    assert f"train/{names[0]}" in text and "their share is 60" in text
    assert "1 of 22" in text and "Asked just now" in text and app.button(key="dataset-picture-previous").disabled
    app.button(key="dataset-picture-next").click().run()
    assert f"train/{names[1]}" in all_text(app) and "2 of 22" in all_text(app)


def test_why_is_shown_over_the_picture(artifacts, on_disk, open_page, tiles):
    app = open_page("dataset", dataset_view="Pictures", dataset_picture="angry/Training_000000.png")
    images = len(app.image)
    app.toggle(key="dataset-picture-why").set_value(True).run()
    assert not app.exception and not app.error and len(app.image) == images + 1


def test_a_picture_says_what_the_network_answered(artifacts, on_disk, open_page, all_text, monkeypatch):
    probability = np.array([0.1, 0, 0, 0.8, 0.1, 0, 0], np.float32)
    key = f"angry/PublicTest_{N_TRAIN:06d}.png"
    monkeypatch.setattr(answers, "load_stored", lambda run: {key: ("test", probability)})
    app = open_page(
        "dataset", dataset_view="Pictures", dataset_classes="angry", dataset_part="test", dataset_picture=key
    )
    assert not app.exception and not app.error
    assert "It says **happy**, labelled **angry**" in all_text(app)


def test_pictures_are_found_by_right_and_wrong_answers(artifacts, on_disk, open_page, tiles, monkeypatch):
    shares = {"angry": np.eye(7, dtype=np.float32)[0], "fear": np.eye(7, dtype=np.float32)[3]}
    open_page("dataset", dataset_view="Pictures", dataset_part="test")
    stored = {tile["key"]: ("test", shares[label]) for tile in tiles[GRID] if (label := tile["lines"][0]) in shares}
    monkeypatch.setattr(answers, "load_stored", lambda run: stored)
    answers._load_predicted.clear()
    for network, label, symbol in (("Right", "angry", "✓"), ("Wrong", "fear", "✗")):
        open_page("dataset", dataset_view="Pictures", dataset_network=network)
        assert {tile["lines"][0] for tile in tiles[GRID]} == {label}
        assert all(tile["badges"][0][0] == symbol for tile in tiles[GRID])
    answers._load_predicted.clear()


def test_a_copy_names_its_twin(no_artifacts, on_disk, open_page, all_text, tiles):
    app = open_page(
        "dataset",
        dataset_view="Pictures",
        dataset_finding=albums.FINDINGS["contradictions"],
        dataset_picture=f"fear/{COPY}",
    )
    assert len(tiles[GRID]) == 2
    assert "The same pixels: `train/angry/Training_000000.png`" in all_text(app)


def test_a_finding_leads_to_its_pictures(no_artifacts, on_disk, open_page, tiles):
    app = open_page("dataset", dataset_view="Copies")
    app.button(key="dataset-all-contradictions").click().run()
    assert not app.exception and not app.error
    assert len(tiles[GRID]) == 2
    assert app.query_params["dataset-finding"] == albums.FINDINGS["contradictions"]


def test_a_dataset_that_cannot_be_read_is_named_and_drawn_faces_show(
    no_artifacts, open_page, all_text, monkeypatch, tiles
):
    def fail():
        raise DatasetError("There is nothing at nowhere (from FER2013_PATH): give the folder.")

    monkeypatch.setattr(loading, "find_dataset_path", fail)
    app = open_page("dataset", dataset_view="Pictures")
    assert not app.exception and not app.error
    assert "There is nothing at nowhere" in all_text(app)
    assert len(tiles[GRID]) == 60


def test_broken_votes_hide_no_picture(no_artifacts, on_disk, open_page, all_text, monkeypatch, tmp_path, tiles):
    (tmp_path / "votes.csv").write_text("file,split\n")
    monkeypatch.setenv("FERPLUS_PATH", str(tmp_path / "votes.csv"))
    app = open_page("dataset", dataset_view="Pictures")
    assert "is not a file of FER+ votes" in all_text(app)
    assert len(tiles[GRID]) == 60


def test_a_failed_download_says_why(no_artifacts, open_page, monkeypatch):
    def fail(progress):
        progress(0.3, "Downloading")
        raise DatasetError("Kaggle did not give FER2013 (no connection): set FER2013_PATH.")

    monkeypatch.setattr(browser, "download_dataset", fail)
    monkeypatch.setenv("FER_DOWNLOAD", "1")
    app = open_page("dataset", dataset_view="Pictures")
    app.button(key="dataset-download").click().run()
    assert not app.exception
    assert "no connection" in app.error[0].value
    assert not browser._download_lock.locked()


@pytest.fixture(scope="module")
def album():
    dataset = make_drawn_dataset(70, 28)
    votes = np.zeros((98, 10), np.uint8)
    votes[:40, VOTE_COLUMNS.index("anger")] = 10
    votes[40:60, VOTE_COLUMNS.index("fear")] = 5
    votes[40:60, VOTE_COLUMNS.index("unknown")] = 5
    object.__setattr__(dataset, "votes", votes)
    return albums.make_album(dataset)


def test_rows_that_the_crowd_filters_keep(album):
    rows = {crowd: find_rows(album, Filter(crowd=crowd)) for crowd in albums.CROWD}
    assert len(rows["any"]) == 98
    assert rows["united"].tolist() == list(range(40))
    assert rows["divided"].tolist() == list(range(40, 60))
    assert rows["none"].tolist() == list(range(60, 98))
    assert set(album.dataset.labels[rows["agrees"]]) <= {LABELS.index("angry"), LABELS.index("fear")}
    assert len(rows["agrees"]) + len(rows["disagrees"]) == 60


def test_orders_keep_the_same_pictures(album):
    every = find_rows(album, Filter())
    for order in albums.ORDERS:
        rows = find_rows(album, Filter(order=order))
        assert sorted(rows) == every.tolist()
    assert find_rows(album, Filter(order="divided"))[:20].tolist() == list(range(40, 60))
    mixed = find_rows(album, Filter(order="mixed"))
    assert (mixed != every).any() and (mixed == find_rows(album, Filter(order="mixed"))).all()


def test_parts_are_the_studys(album):
    assert [len(find_rows(album, Filter(part=part))) for part in albums.PARTS] == [56, 14, 28]
