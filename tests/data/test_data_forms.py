"""Whatever form FER2013 comes in, the same dataset comes out."""

import os
import time

import numpy as np
import pytest
from dataset_forms import encode_picture, list_members, make_csv, write_folder, write_tar, write_zip

from fer_core.data import DatasetError, check_real_counts, download_dataset, find_dataset, load_dataset
from fer_core.data.cache import get_cache_path
from fer_core.labels import LABELS


def assert_same(dataset, expected, names: bool = True):
    np.testing.assert_array_equal(dataset.images, expected.images)
    np.testing.assert_array_equal(dataset.labels, expected.labels)
    np.testing.assert_array_equal(dataset.is_test, expected.is_test)
    if names:
        np.testing.assert_array_equal(dataset.files, expected.files)
    assert not dataset.drawn and dataset.votes is None


FORMS = {
    "folder": lambda members, path: write_folder(members, path / "fer2013"),
    "zip": lambda members, path: write_zip(members, path / "fer2013.zip"),
    "tar": lambda members, path: write_tar(members, path / "fer2013.tar"),
    "tar.xz": lambda members, path: write_tar(members, path / "fer2013.tar.xz", "w:xz"),
    "tar.gz": lambda members, path: write_tar(members, path / "fer2013.tar.gz", "w:gz"),
    "zip named otherwise": lambda members, path: write_zip(members, path / "archive"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_dataset(form, isolated, drawn_dataset):
    path = FORMS[form](list_members(drawn_dataset), isolated)
    assert_same(load_dataset(path), drawn_dataset)
    assert_same(load_dataset(path), drawn_dataset)  # now from the cache


CSV_FORMS = {
    "csv": lambda data, path: path / "fer2013.csv" if (path / "fer2013.csv").write_bytes(data) else None,
    "in a folder": lambda data, path: write_folder({"challenge/fer2013.csv": data}, path / "folder"),
    "in a zip": lambda data, path: write_zip(
        {"example_submission.csv": b"emotion\n1\n", "fer2013/fer2013.csv": data}, path / "contest.zip"
    ),
    "in a tar": lambda data, path: write_tar({"fer2013/fer2013.csv": data}, path / "fer2013.tar.gz", "w:gz"),
}


@pytest.mark.parametrize("form", CSV_FORMS)
@pytest.mark.parametrize("header", ["emotion,pixels,Usage", "emotion, Usage, pixels"])
def test_contest_csv_in_its_own_label_order(form, header, isolated, drawn_dataset):
    path = CSV_FORMS[form](make_csv(drawn_dataset, header), isolated)
    dataset = load_dataset(path)
    assert_same(dataset, drawn_dataset, names=False)
    assert dataset.files[0] == "Training_000000.png"
    assert dataset.files[-1] == "PublicTest_000097.png"  # by name, Public comes after Private


def test_odd_archives_are_understood(isolated, drawn_dataset):
    members = {}
    for name, data in list_members(drawn_dataset, "archive/FER-2013/").items():
        parts = name.split("/")
        members["/".join([*parts[:2], parts[2].upper(), parts[3].capitalize(), parts[4].upper()])] = data
    members |= {
        "__MACOSX/archive/FER-2013/train/happy/._x.png": b"junk",
        "archive/FER-2013/TRAIN/Happy/._x.png": b"junk",
        "archive/FER-2013/TRAIN/Happy/.DS_Store": b"junk",
        "archive/FER-2013/TRAIN/Happy/Thumbs.db": b"junk",
        "archive/README.txt": b"hello",
    }
    dataset = load_dataset(write_zip(members, isolated / "odd.zip"))
    np.testing.assert_array_equal(dataset.images, drawn_dataset.images)
    assert dataset.files[0] == drawn_dataset.files[0].upper()


def test_colour_and_jpeg_pictures_become_grey(isolated, drawn_dataset):
    members = list_members(drawn_dataset)
    first, second = list(members)[:2]
    members[first] = encode_picture(np.repeat(drawn_dataset.images[0][..., None], 3, axis=2))
    members[second] = encode_picture(drawn_dataset.images[1], "jpeg")
    dataset = load_dataset(write_zip(members, isolated / "x.zip"))
    np.testing.assert_array_equal(dataset.images[0], drawn_dataset.images[0])
    difference = dataset.images[1].astype(int) - drawn_dataset.images[1]
    assert 0 < np.abs(difference).mean() < 8


def test_order_is_keras_order(drawn_dataset):
    rows = list(zip(drawn_dataset.is_test.tolist(), drawn_dataset.labels.tolist(), drawn_dataset.files.tolist()))
    assert rows == sorted(rows)


def test_cache_is_rebuilt_when_damaged_or_out_of_date(isolated, drawn_dataset):
    members = list_members(drawn_dataset)
    path = write_zip(members, isolated / "fer.zip")
    load_dataset(path)
    cache = get_cache_path(path)
    assert cache.is_file()
    for damage in (b"", b"nonsense", cache.read_bytes()[:-5000]):
        cache.write_bytes(damage)
        assert_same(load_dataset(path), drawn_dataset)
        assert cache.stat().st_size > 200_000
    members[next(iter(members))] = encode_picture(np.full((48, 48), 7, np.uint8))
    write_zip(members, path)
    os.utime(path, (time.time() + 5,) * 2)
    assert (load_dataset(path).images[0] == 7).all()
    assert not cache.exists()  # the old version does not stay behind


def test_cache_notices_a_picture_that_moved_to_another_class(isolated, drawn_dataset):
    path = write_folder(list_members(drawn_dataset), isolated / "fer")
    before = load_dataset(path)
    source = next((path / "train" / "angry").iterdir())
    source.rename(path / "train" / "happy" / source.name)
    after = load_dataset(path)
    assert np.bincount(after.labels, minlength=7).tolist() != np.bincount(before.labels, minlength=7).tolist()


def test_cache_notices_a_changed_picture_in_a_folder(isolated, drawn_dataset):
    path = write_folder(list_members(drawn_dataset), isolated / "fer")
    load_dataset(path)
    picture = path / "train" / "angry" / drawn_dataset.files[0]
    for level in (7, 9):
        data = encode_picture(np.full((48, 48), level, np.uint8))
        picture.write_bytes(data + bytes(200 - len(data)))  # the second is as long as the first: its time tells
        assert (load_dataset(path).images[0] == level).all()


def test_a_cache_that_cannot_be_written_does_not_matter(isolated, drawn_dataset, monkeypatch):
    (isolated / "file").write_text("")
    monkeypatch.setenv("FER_CACHE", str(isolated / "file" / "cache"))
    assert_same(load_dataset(write_zip(list_members(drawn_dataset), isolated / "fer.zip")), drawn_dataset)


def test_progress_rises_to_one(isolated, drawn_dataset):
    seen = []
    path = write_zip(list_members(drawn_dataset), isolated / "fer.zip")
    load_dataset(path, progress=lambda fraction, text: seen.append((fraction, text)))
    assert seen[-1] == (1.0, "98 pictures")
    assert [fraction for fraction, _ in seen] == sorted(fraction for fraction, _ in seen)


def test_find_dataset_looks_in_the_promised_order(isolated, drawn_dataset, monkeypatch):
    members = dict(list(list_members(drawn_dataset).items())[:2])
    assert find_dataset() is None
    kaggle = isolated.parent / "kagglehub" / "datasets" / "msambare" / "fer2013"
    for number in (2, 10, 11):
        write_folder(members, kaggle / "versions" / str(number))
    for number in (2, 10):  # 11 was not unpacked to its end
        (kaggle / f"{number}.complete").touch()
    assert find_dataset() == kaggle / "versions" / "10"
    write_zip(members, (isolated / "data").mkdir() or isolated / "data" / "other.zip")
    assert find_dataset().resolve() == isolated / "data" / "other.zip"
    write_zip(members, isolated / "data" / "zfer.zip")
    assert find_dataset().resolve() == isolated / "data" / "zfer.zip"
    (isolated / "data" / "fer2013.csv").write_bytes(b"emotion,pixels,Usage\n")
    assert find_dataset().resolve() == isolated / "data" / "fer2013.csv"
    write_folder(members, isolated / "data")
    assert find_dataset().resolve() == isolated / "data"
    named = write_folder(members, isolated / "elsewhere" / "deep" / "fer").parent
    monkeypatch.setenv("FER2013_PATH", str(named))
    assert find_dataset() == named / "fer"
    assert find_dataset(isolated / "data" / "other.zip") == isolated / "data" / "other.zip"


def test_real_counts_are_demanded(isolated, drawn_dataset):
    path = write_zip(list_members(drawn_dataset), isolated / "fer.zip")
    with pytest.raises(DatasetError, match="10 pictures in train/angry, FER2013 has 3,995"):
        load_dataset(path, check_counts=True)
    with pytest.raises(DatasetError, match="train/angry"):
        check_real_counts(drawn_dataset)


def test_counts(drawn_dataset):
    assert drawn_dataset.counts == {"train": dict.fromkeys(LABELS, 10), "test": dict.fromkeys(LABELS, 4)}
    assert len(drawn_dataset) == 98


def test_download_reports_progress_and_gives_the_folder(isolated, drawn_dataset, monkeypatch):
    import kagglehub

    folder = isolated.parent / "kagglehub" / "datasets" / "msambare" / "fer2013"

    def download(handle):
        assert handle == "msambare/fer2013"
        folder.mkdir(parents=True)
        (folder / "1.archive").write_bytes(b"x" * 5_000_000)
        time.sleep(0.7)
        (folder / "1.archive").unlink()
        return str(write_folder(list_members(drawn_dataset), folder / "versions" / "1"))

    monkeypatch.setattr(kagglehub, "dataset_download", download)
    seen = []
    path = download_dataset(lambda fraction, text: seen.append((fraction, text)))
    assert_same(load_dataset(path), drawn_dataset)
    assert load_dataset(path).source == "Kaggle's msambare/fer2013, version 1"
    assert any("5 of about 63 MB" in text for _, text in seen) and seen[-1][0] == 1.0


@pytest.mark.parametrize(
    ("error", "words"), [(ConnectionError("no route"), "no connection"), (RuntimeError("boom"), "RuntimeError")]
)
def test_download_that_fails_says_why(error, words, isolated, monkeypatch):
    import kagglehub

    def download(handle):
        raise error

    monkeypatch.setattr(kagglehub, "dataset_download", download)
    with pytest.raises(DatasetError, match=f"Kaggle did not give FER2013 .{words}.*FER2013_PATH"):
        download_dataset()
