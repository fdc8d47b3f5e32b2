"""How often answers are sure and wrong on faces that are dark, burnt-out, covered or drawn, with and without doubts.

    FER2013_PATH=... FERPLUS_PATH=... python tests/benchmarks/bench_doubts.py [artifacts/<run>/model.onnx] [--faces 1000]

Takes validation pictures, as they are and spoiled, and drawn faces. "Before": the threshold alone says what is sure;
"after": a doubt about the face (fer_core.vision.doubts) says not sure, too.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def expose(faces: np.ndarray, factor: float, rng) -> np.ndarray:
    """More or less light, with a sensor's noise of two levels."""
    return np.clip(np.rint(faces * factor + rng.normal(0, 2, faces.shape)), 0, 255).astype(np.uint8)


def light_from_the_side(faces: np.ndarray) -> np.ndarray:
    return np.clip(faces * (1 + 3 * np.linspace(0, 1, 48)), 0, 255).astype(np.uint8)


def make_drawn(n: int, rng) -> tuple[np.ndarray, np.ndarray]:
    from fer_core.data.drawn.face import draw_face

    labels = rng.integers(0, 7, n)
    return np.stack([draw_face(int(label), rng) for label in labels]), labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", help="without it, the network that the dashboard answers with")
    parser.add_argument("--faces", type=int, default=1000)
    options = parser.parse_args()
    from default_model import find_default_model

    from fer_core.data import find_votes, load_dataset, make_grouped_split
    from fer_core.data.covered import COVERS, cover_faces
    from fer_core.data.votes import count_seven_votes
    from fer_core.runs.artifacts import load_run
    from fer_core.runs.crowd import find_majority
    from fer_core.runs.doubts import read_network
    from fer_core.vision import Face, Predictor
    from fer_core.vision.doubts import find_doubts

    model, rng = Path(options.model or find_default_model()), np.random.default_rng(3)
    run = load_run(model.parent)
    calibration = run.as_served().calibration
    predictor = Predictor(read_network(run), calibration.temperature, calibration.not_sure_threshold)
    dataset = load_dataset(votes=find_votes() if run.learns_votes else None)
    truth, may = dataset.labels, np.asarray(make_grouped_split(dataset).validation)
    if run.learns_votes:  # judged by what it learned: the crowd's first choice, where there is one
        truth, unique = find_majority(count_seven_votes(dataset.votes))
        may = may[unique[may]]
    chosen = rng.choice(may, options.faces, replace=False)
    faces, labels = dataset.images[chosen], truth[chosen]
    kinds = {
        "as they are": (faces, labels),
        "dark, 0.3 of the light": (expose(faces, 0.3, rng), labels),
        "dark, 0.07 of the light": (expose(faces, 0.07, rng), labels),
        "burnt-out, 2 times the light": (expose(faces, 2.0, rng), labels),
        "burnt-out, 3 times the light": (expose(faces, 3.0, rng), labels),
        "light from the side": (light_from_the_side(faces), labels),
        **{cover: (cover_faces(faces, cover, rng), labels) for cover in COVERS},
        "drawn": make_drawn(min(options.faces, 300), rng),
    }
    print(
        f"{model.parent.name}, {options.faces} validation pictures, judged by {'the crowd' if run.learns_votes else 'their labels'}; shares of all faces of a kind"
    )
    print(f"{'kind':<32}{'right':>8}{'doubted':>9}{'sure and wrong: before':>24}{'after':>8}")
    face = Face((0.0, 0.0, 96.0, 96.0), 1.0)
    for kind, (crops, truth) in kinds.items():
        probability, seen = predictor.read(crops)
        wrong, sure = probability.argmax(axis=1) != truth, probability.max(axis=1) >= predictor.threshold
        doubted = np.array([bool(find_doubts(face, *found)) for found in zip(crops, seen, strict=True)])
        shares = (~wrong).mean(), doubted.mean(), (sure & wrong).mean(), (sure & wrong & ~doubted).mean()
        print("{:<32}{:8.1%}{:9.1%}{:24.1%}{:8.1%}".format(kind, *shares), flush=True)


if __name__ == "__main__":
    main()
