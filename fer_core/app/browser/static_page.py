"""Write a page that needs no server: one folder for any static host, where each visitor's browser does all the work.

    python -m fer_core.app.browser.static_page OUT/ [--network NAME]

Photos and camera, the network that the dashboard answers with, no upload. ONNX Runtime Web comes along where
`python -m fer_core.app.browser.fetch` has filled its folder, else the page asks a public server for it. Cameras open only
on pages served over https, or on localhost (`python -m http.server -d OUT/`).
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

from fer_core.app import loading
from fer_core.app.browser import runtime
from fer_core.app.browser.settings import make_detector_networks, make_settings
from fer_core.app.formats import format_percent
from fer_core.app.loading import find_calibration
from fer_core.app.wording import Wording
from fer_core.runs.run import Run
from fer_core.vision.mtcnn_graphs import DetectorError

HERE = Path(__file__).parent
ASSETS = HERE.parent / "assets"
MODULES, NETWORKS, RUNTIME = "modules", "networks", "onnxruntime-web"


def write_static_page(run: Run, folder: Path) -> None:
    """Write the page of a run with a network to `folder`; files of other names there are left alone.

    Raises DetectorError when the detector's weights are not installed, OSError where the folder cannot be written.
    """
    shutil.copytree(HERE / "page", folder, dirs_exist_ok=True)
    shutil.copytree(HERE / MODULES, folder / MODULES, dirs_exist_ok=True)
    for name in ("example.jpg", "icon.svg"):
        shutil.copy(ASSETS / name, folder)
    (folder / "settings.json").write_text(json.dumps(_describe(run, folder)), encoding="utf-8")


def _describe(run: Run, folder: Path) -> dict:
    calibration = find_calibration(run)
    temperature, threshold = (calibration.temperature, calibration.not_sure_threshold) if calibration else (1.0, 0.0)
    settings = make_settings(temperature, threshold, run.learns_votes)
    settings |= {"networks": _write_networks(run, folder), "runtime": _write_runtime(folder)}
    return {
        "settings": settings,
        "example": "example.jpg",
        "meaning": Wording(run.learns_votes, threshold).meaning,
        "network": _describe_network(run),
    }


def _describe_network(run: Run) -> str:
    accuracy = format_percent(run.as_served().test.accuracy)
    judged = "agrees with most people on" if run.learns_votes else "gives the label of"
    return f"{run.title} answers. It {judged} {accuracy} of FER2013's test pictures."


def _write_networks(run: Run, folder: Path) -> dict[str, str]:
    (folder / NETWORKS).mkdir(exist_ok=True)
    networks = make_detector_networks() | {"classifier": loading.read_network(run)}
    for name, data in networks.items():
        (folder / NETWORKS / f"{name}.onnx").write_bytes(data)
    return {name: f"{NETWORKS}/{name}.onnx" for name in networks}


def _write_runtime(folder: Path) -> dict[str, dict]:
    address, own = runtime.find_address(), runtime.find_folder()
    if address is None:
        (folder / RUNTIME).mkdir(exist_ok=True)
        for file in runtime.FILES.values():
            shutil.copy(own / file.name, folder / RUNTIME)
        address = f"{RUNTIME}/"
    return {role: {"url": address + file.name, "integrity": file.integrity} for role, file in runtime.FILES.items()}


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m fer_core.app.browser.static_page", description=__doc__.split("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="where to write the page")
    parser.add_argument("--network", help="a run in artifacts/ with a model.onnx (default: the dashboard's)")
    arguments = parser.parse_args()
    run = loading.load_runs().find(arguments.network) if arguments.network else loading.load_default_run()
    if run is None or run.model_path is None:
        names = ", ".join(run.name for run in loading.load_runs() if run.model_path)
        sys.exit(f"{arguments.network or 'No run'} has no network to answer with. These have one: {names or 'none'}.")
    try:
        write_static_page(run, arguments.folder)
    except (DetectorError, OSError) as error:
        sys.exit(str(error))
    print(f"{arguments.folder}: put it on any static host, or try python -m http.server -d {arguments.folder}")


if __name__ == "__main__":
    main()
