"""One file in, its part of the table out: what every process and machine does."""

import csv
import io
import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fer_core.predict.files import name_in_table
from fer_core.predict.network import Engine, get_engine
from fer_core.predict.table import COLUMNS, NO_FACE, make_empty_row, make_face_row
from fer_core.vision import (
    DetectorError,
    ImageError,
    PredictorError,
    analyse_image,
    draw_faces,
    images,
    read_image,
    video,
)
from fer_core.vision.cuts import CutFinder
from fer_core.vision.draw import encode_jpeg
from fer_core.vision.tracking import FaceTracker
from fer_core.vision.video import VideoError, read_video
from fer_core.vision.video_writer import VideoWriter
from fer_core.vision.watching import Watcher

FILE_COLUMNS = {
    **COLUMNS,
    "photo": "Number of the file, in the order of the table; the same number opens the names of the marked pictures.",
    "file": "Its path, as given; with ./ before it where a spreadsheet would take it for a formula.",
    "face": "Number of the face: in a photo from left to right, in a video for as long as it is followed; 0 when none was "
    "found or the file could not be read.",
    "photo_width": COLUMNS["photo_width"] + " Of videos the frame as answered, its longer side 640 pixels at most.",
    "face_score": "How sure the face detector is that this is a face, 0 to 1.",
    "note": "Warnings about the face, what was done to the file, that no face was found, or why it could not be read.",
    "time": "Seconds from the first frame of a video, whose answers are smoothed over time; empty for a photo.",
}
"""Column of the command line's table -> what it holds. All but the last are the dashboard's."""
MAX_ROWS = 30_000  # of one video: two minutes of thirty faces
HEAD = 64  # bytes that tell a video


@dataclass(frozen=True)
class Task:
    """A file to answer: its `number` in the table, its `path`, and whether a marked picture is wanted."""

    number: int
    path: str
    marked: bool = False


@dataclass(frozen=True, eq=False)
class FileAnswer:
    """What became of one file.

    `text`: its rows as CSV; `n_faces`: 0 for none; `problem`: why it could not be read, or ""; `marked`: a JPEG or MP4
    file with the answers drawn in, where one is wanted and there are faces.
    """

    task: Task
    text: str
    n_faces: int
    problem: str = ""
    marked: bytes | None = None


def answer_files(key: str, tasks: list[Task]) -> list[FileAnswer]:
    """Answer each file with the network that `open_engine` made ready in this process under `key`.

    Whatever a file is like, it has an answer. Raises PredictorError and DetectorError, when no file could have one.
    """
    engine = get_engine(key)
    return [_answer_file(task, engine) for task in tasks]


def make_failed_answer(task: Task, problem: str) -> FileAnswer:
    """Return the answer for a file that cannot be read, because of `problem`, one sentence."""
    return FileAnswer(task, _to_csv(task, [make_empty_row(problem)]), 0, problem)


def _answer_file(task: Task, engine: Engine) -> FileAnswer:
    try:
        data, answer = _read(task.path)
        rows, n_faces, marked = answer(data, task, engine)
    except (ImageError, VideoError) as error:
        return make_failed_answer(task, str(error))
    except (PredictorError, DetectorError):
        raise
    except OSError as error:
        return make_failed_answer(task, f"This file cannot be opened: {error.strerror or type(error).__name__}.")
    except Exception as error:  # noqa: BLE001 - one file that breaks us must not take the other thousand with it
        return make_failed_answer(task, f"Something went wrong here ({type(error).__name__}): please report this file.")
    return FileAnswer(task, _to_csv(task, rows), n_faces, marked=marked)


def _read(path: str) -> tuple[bytes, Callable]:
    """A file's bytes, and what answers such a file: its first bytes decide, a GIF counts as a photo."""
    with open(path, "rb") as file:
        is_video = video.find_container(file.read(HEAD)) not in ("", "gif")
        (video if is_video else images).check_bytes(os.fstat(file.fileno()).st_size)
        file.seek(0)
        return file.read(), _answer_video if is_video else _answer_photo


def _answer_photo(data: bytes, task: Task, engine: Engine) -> tuple[list[dict], int, bytes | None]:
    image = read_image(data)
    faces = analyse_image(image.rgb, engine.detector, engine.predictor)
    size = image.rgb.shape[1], image.rgb.shape[0]
    marked = encode_jpeg(draw_faces(image.rgb, faces)) if task.marked and faces else None
    rows = [make_face_row(face, engine.name, size) for face in faces] or [make_empty_row(NO_FACE)]
    return _add_notes(rows, image.notes), len(faces), marked


def _answer_video(data: bytes, task: Task, engine: Engine) -> tuple[list[dict], int, bytes | None]:
    """As the dashboard's video page: every face followed, its answers smoothed, both ended by a cut."""
    rows, numbers, writer = [], set(), None
    cuts, tracker = CutFinder(), FaceTracker(engine.threshold)
    watcher = Watcher(engine.detector, engine.predictor)
    with read_video(data) as frames:
        for seconds, rgb in frames:
            if cuts.look(rgb):
                tracker.cut()
            faces = [track.to_result() for track in tracker.update(watcher.analyse(rgb, seconds), seconds)]
            numbers.update(face.number for face in faces)
            size = rgb.shape[1], rgb.shape[0]
            rows += [make_face_row(face, engine.name, size) | {"time": round(seconds, 3)} for face in faces]
            if task.marked:
                writer = writer or VideoWriter(*size, video.RATE)
                writer.add(np.asarray(draw_faces(rgb, faces)), seconds)
            if len(rows) >= MAX_ROWS:
                frames.notes.append(f"So many faces: only the first {seconds:.0f} seconds were read.")
                break
    marked = writer.finish() if writer else None
    return _add_notes(rows or [make_empty_row(NO_FACE)], frames.notes), len(numbers), marked if numbers else None


def _add_notes(rows: list[dict], notes: list[str]) -> list[dict]:
    """Say in a file's first row what was done to it."""
    rows[0]["note"] = " ".join([rows[0]["note"], *notes]).strip()
    return rows


def _to_csv(task: Task, rows: list[dict]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(FILE_COLUMNS), restval="", lineterminator="\n")
    writer.writerows({"photo": task.number, "file": name_in_table(task.path)} | row for row in rows)
    return text.getvalue()
