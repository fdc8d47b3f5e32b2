"""Bad data is refused before any training, with one sentence that says what is wrong."""

import struct
import zipfile
import zlib

import numpy as np
import pytest
from dataset_forms import encode_picture, list_members, make_csv, write_folder, write_tar, write_zip

from fer_core.data import DatasetError, load_dataset


@pytest.fixture
def members(drawn_dataset):
    return list_members(drawn_dataset)


def refuse(path, match: str) -> str:
    with pytest.raises(DatasetError, match=match) as caught:
        load_dataset(path, cache=False)
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message and len(message) < 400
    return message


def test_nothing_there(isolated, monkeypatch):
    refuse(isolated / "nowhere.zip", "nothing at .*nowhere.zip")
    refuse(None, "FER2013 was not found: set FER2013_PATH")
    monkeypatch.setenv("FER2013_PATH", "/does/not/exist")
    refuse(None, "nothing at /does/not/exist .from FER2013_PATH")


def test_missing_class(isolated, members):
    fewer = {name: data for name, data in members.items() if not name.startswith("train/disgust/")}
    for path in (write_zip(fewer, isolated / "x.zip"), write_folder(fewer, isolated / "x")):
        refuse(path, "no pictures in train/disgust: .*seven classes")
    (isolated / "x" / "train" / "disgust").mkdir()
    refuse(isolated / "x", "no pictures in train/disgust")
    only_train = {name: data for name, data in members.items() if name.startswith("train/")}
    refuse(write_zip(only_train, isolated / "y.zip"), "no pictures in test/angry, test/disgust, .*test/surprise")


def claim_size(width: int, height: int) -> bytes:
    """Give a small PNG whose header claims any size."""
    data = encode_picture(np.zeros((48, 48), np.uint8))
    header = b"IHDR" + struct.pack(">II", width, height) + data[24:29]
    return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]


@pytest.mark.parametrize("size", [(47, 48), (96, 96), (9000, 9000)])
def test_wrong_size_names_the_picture(size, isolated, members):
    members["train/fear/odd.png"] = claim_size(*size)
    refuse(write_zip(members, isolated / "x.zip"), f"train/fear/odd.png is {size[0]} x {size[1]} pixels, .* 48 x 48")


def test_decompression_bomb_is_named(isolated, members):
    members["train/fear/bomb.png"] = claim_size(60_000, 60_000)
    refuse(write_zip(members, isolated / "x.zip"), "picture train/fear/bomb.png cannot be read")


@pytest.mark.parametrize("data", [b"", b"<html>not found</html>", "cut png", "cut jpeg", b"GIF89a" + bytes(50)])
def test_unreadable_picture_is_named(data, isolated, members, drawn_dataset):
    if isinstance(data, str):
        data = encode_picture(drawn_dataset.images[0], data.split()[1])[:-400]
    members["test/sad/broken.jpg"] = data
    for path in (
        write_zip(members, isolated / "x.zip"),
        write_folder(members, isolated / "x"),
        write_tar(members, isolated / "x.tar"),
    ):
        refuse(path, "picture test/sad/broken.jpg cannot be read")


def test_enormous_member_is_not_read(isolated, members):
    members["train/sad/big.png"] = bytes(3_000_000)
    refuse(write_zip(members, isolated / "x.zip"), "train/sad/big.png has more than a megabyte")


def test_zip_that_lies_about_a_size(isolated, members):
    members["train/sad/big.png"] = bytes(3_000_000)
    data = bytearray(write_zip(members, isolated / "x.zip").read_bytes())
    for at in range(len(data)):
        if data[at : at + 4] == struct.pack("<I", 3_000_000):
            data[at : at + 4] = struct.pack("<I", 2_000)
    (isolated / "x.zip").write_bytes(data)
    refuse(isolated / "x.zip", "damaged|cannot be read")


@pytest.mark.parametrize(
    ("form", "keep"),
    # A plain tar ends with kilobytes of zeros, so there the last bytes are not missed.
    [("tar", 0.3), ("tar", 0.9)] + [(form, keep) for form in ("zip", "tar.gz", "tar.xz") for keep in (0.3, 0.9, 0.999)],
)
def test_truncated_archives(form, keep, isolated, members):
    path = isolated / f"fer2013.{form}"
    if form == "zip":
        write_zip(members, path)
    else:
        write_tar(members, path, {"tar": "w", "tar.gz": "w:gz", "tar.xz": "w:xz"}[form])
    data = path.read_bytes()
    path.write_bytes(data[: int(keep * len(data))])
    refuse(path, f"fer2013.{form} is cut off or damaged: download it again")


def test_damaged_bytes_inside_a_zip(isolated, members):
    path = write_zip(members, isolated / "x.zip")
    with zipfile.ZipFile(path) as archive:
        offset = archive.infolist()[5].header_offset + 80
    data = bytearray(path.read_bytes())
    data[offset : offset + 200] = bytes(200)
    path.write_bytes(data)
    refuse(path, "cut off or damaged|cannot be read")


def test_encrypted_zip(isolated, members):
    data = bytearray(write_zip(members, isolated / "x.zip").read_bytes())
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:  # the flag stands in the directory and before each file
        data[at + 8] |= 1
        at += 4
    at = 0
    while (at := data.find(b"PK\x03\x04", at)) >= 0:
        data[at + 6] |= 1
        at += 4
    (isolated / "x.zip").write_bytes(data)
    refuse(isolated / "x.zip", "cannot be unpacked .*password")


def test_empty_and_foreign_things(isolated):
    (isolated / "empty.zip").write_bytes(b"")
    refuse(isolated / "empty.zip", "empty.zip is an empty file")
    (isolated / "folder").mkdir()
    refuse(isolated / "folder", "folder holds no FER2013 pictures")
    (isolated / "photo.zip").write_bytes(encode_picture(np.zeros((48, 48), np.uint8)))
    refuse(isolated / "photo.zip", "photo.zip is neither a folder, zip, tar nor csv")
    refuse(write_zip({"notes.txt": b"hello"}, isolated / "notes.zip"), "notes.zip holds no FER2013 pictures")
    refuse(write_zip({}, isolated / "nothing.zip"), "nothing.zip holds no FER2013 pictures")
    refuse(write_tar({"notes.txt": b"hello"}, isolated / "notes.tar"), "notes.tar holds no FER2013 pictures")


def csv_rows(dataset):
    return make_csv(dataset).decode().splitlines()


CSV_CASES = {
    "no such column": (lambda rows: ["label,image", *rows[1:]], "no column 'emotion'"),
    "no Usage": (lambda rows: [row.rpartition(",")[0] for row in rows], "no column 'usage'"),
    "too few pixels": (
        lambda rows: [*rows[:4], rows[4].replace(" ", "", 1), *rows[5:]],
        "Row 3 of x.csv has 2,303 pixels, .* has 2,304",
    ),
    "a word for a pixel": (
        lambda rows: [*rows[:3], "3," + "12 " * 900 + "twelve " + "12 " * 1403 + ",Training"],
        "Row 2 of x.csv holds a pixel that is not a number",
    ),
    "too bright": (lambda rows: [*rows, "3," + "256 " * 2304 + ",Training"], "Row 98 of x.csv .* outside 0 to 255"),
    "negative": (lambda rows: [*rows, "3," + "-1 " * 2304 + ",Training"], "Row 98 of x.csv .* outside 0 to 255"),
    "emotion": (lambda rows: [rows[0], "7" + rows[1][1:]], "Row 0 of x.csv has the emotion '7'"),
    "usage": (lambda rows: [rows[0], rows[1] + "s"], "Row 0 of x.csv has the Usage 'Trainings'"),
    "cut off": (lambda rows: [*rows[:-1], rows[-1][:900]], "Row 97 of x.csv has 2 columns"),
    "only a header": (lambda rows: rows[:1], "holds no FER2013 pictures"),
    "one class missing": (lambda rows: [row for row in rows if row[0] != "1"], "no pictures in train/disgust"),
    "no line breaks": (lambda rows: [rows[0], "1" * 200_000], "a line of more than 100,000 characters"),
}


@pytest.mark.parametrize("case", CSV_CASES)
def test_bad_csv(case, isolated, drawn_dataset):
    change, match = CSV_CASES[case]
    text = "\n".join(change(csv_rows(drawn_dataset)))
    (isolated / "x.csv").write_text(text)
    refuse(isolated / "x.csv", match)
    if "Row" not in match:
        refuse(write_zip({"fer2013.csv": text.encode()}, isolated / "x.zip"), match)


def test_binary_csv(isolated):
    (isolated / "x.csv").write_bytes(b"\x93\xff\xfe" * 1000)
    refuse(isolated / "x.csv", "no column 'emotion'")
    (isolated / "y.csv").write_bytes(bytes(1000))
    refuse(isolated / "y.csv", "neither a folder, zip, tar nor csv")
