"""Reading the pictures of `train/<class>/*` and `test/<class>/*` out of a stream of files."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image

from fer_core.data.dataset import MAX_PICTURES, DatasetError, FerDataset, Progress, make_dataset
from fer_core.data.sources import Member
from fer_core.labels import LABELS
from fer_core.preprocessing import IMAGE_SIZE

FOLDERS = ("train", "test")
EXTENSIONS = (".jpg", ".jpeg", ".png", ".bmp")
FORMATS = ("JPEG", "PNG", "BMP")
MAX_PICTURE_BYTES = 1_000_000  # the real ones have at most 2,483


def parse_place(name: str) -> tuple[str, str, str] | None:
    """Split ".../train/happy/x.jpg" into ("train", "happy", "x.jpg"); None for anything else."""
    parts = name.replace("\\", "/").split("/")
    if len(parts) < 3 or not parts[-1].lower().endswith(EXTENSIONS):
        return None
    folder, label = parts[-3].lower(), parts[-2].lower()
    return (folder, label, parts[-1]) if folder in FOLDERS and label in LABELS else None


def decode_picture(data: bytes, name: str) -> bytes:
    """Decode one 48x48 picture into 2,304 grey levels, row by row. Raises DatasetError naming the picture."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            # The size stands in the header, so an enormous picture is refused before it is decoded.
            if image.size != (IMAGE_SIZE, IMAGE_SIZE):
                width, height = image.size
                raise DatasetError(
                    f"The picture {name} is {width} x {height} pixels, but FER2013's are 48 x 48: "
                    "give the original dataset."
                )
            return (image if image.mode == "L" else image.convert("L")).tobytes()
    except (OSError, SyntaxError, EOFError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, DatasetError):
            raise
        raise DatasetError(
            f"The picture {name} cannot be read (damaged or not a picture): replace it or get the dataset again."
        ) from error


def load_pictures(members: Iterator[Member], source: str, progress: Progress | None = None) -> FerDataset | None:
    """Decode all pictures of a stream of files. Returns None where there are none; raises DatasetError."""
    images, seen = bytearray(), {}
    for member in members:
        place = parse_place(member.name)
        if place is None or place in seen:
            continue
        if len(seen) == MAX_PICTURES:
            raise DatasetError(f"{source} holds more than {MAX_PICTURES:,} pictures, so it is not FER2013.")
        images += decode_picture(_read_picture(member), member.name)
        seen[place] = len(seen)
        if progress and len(seen) % 500 == 0:
            progress(member.done, f"Reading pictures: {len(seen):,}")
    if not seen:
        return None
    folders, labels, files = zip(*seen)
    return make_dataset(
        np.frombuffer(images, np.uint8).reshape(-1, IMAGE_SIZE, IMAGE_SIZE),
        [LABELS.index(label) for label in labels],
        files,
        [folder == "test" for folder in folders],
        source,
    )


def _read_picture(member: Member) -> bytes:
    # The declared size may lie, so the reading itself is capped as well.
    if member.size <= MAX_PICTURE_BYTES:
        with member.open() as file:
            data = file.read(MAX_PICTURE_BYTES + 1)
        if len(data) <= MAX_PICTURE_BYTES:
            return data
    raise DatasetError(f"The picture {member.name} has more than a megabyte, so it is none of FER2013's.")
