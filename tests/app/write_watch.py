"""Run at the start of a server's interpreter (as sitecustomize): notes every write to the file system that it asks for.

The notes go to the file that WRITE_WATCH names; the first is of a control file, which proves that notes are taken.
"""

import os
import sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
CHANGES = {"os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate", "shutil.copyfile", "sqlite3.connect"}


def watch(notes) -> None:
    def note(event: str, args: tuple) -> None:
        if event == "open":
            path, _, flags = args
            # A number is a pipe or a socket that is open already.
            if isinstance(path, int) or not flags & WRITING or path == os.devnull:
                return
        elif event not in CHANGES:
            return
        os.write(notes, f"{event} {args[0]!r}\n".encode())

    sys.addaudithook(note)


if place := os.environ.get("WRITE_WATCH"):
    watch(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    with open(f"{place}.control", "w"):
        pass
