"""Folders that are replaced as a whole: a reader, or a crash, only ever meets the old one or the new one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STAGE, OLD = ".writing-", ".old"
"""How the hidden folders begin in which new ones are made, and how the old ones end while they are there."""


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """Give a hidden folder in `root` to make new folders in, under their final names; it goes with what is left in it."""
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=STAGE, dir=root, ignore_cleanup_errors=True) as temporary:
        yield Path(temporary)


def swap(stage: Path, path: Path) -> None:
    """Put the folder `stage`, made in a `staging` of the same root, in the place of `path`.

    After an error the old folder stands again. A kill between the two renames leaves both in hiding, and whoever reads
    next finishes what was begun (`finish_swaps`).
    """
    if not path.exists():
        os.replace(stage, path)
        return
    old = stage.with_name(f"{path.name}{OLD}")  # removed with the hidden folder around it
    os.replace(path, old)
    try:
        with suppress(FileNotFoundError):  # a reader has finished it meanwhile
            os.replace(stage, path)
    except BaseException:
        if not path.exists():
            os.replace(old, path)
        raise


def finish_swaps(root: Path) -> None:
    """Put the new folders in their places whose old ones a kill left in hiding. Where that is not allowed, they stay."""
    with suppress(OSError):
        for old in list(Path(root).glob(f"{STAGE}*/*{OLD}")):
            stage = old.with_name(old.name.removesuffix(OLD))
            path = old.parent.with_name(stage.name)
            if not path.exists():
                os.rename(stage if stage.exists() else old, path)
                shutil.rmtree(old, ignore_errors=True)
                old.parent.rmdir()
