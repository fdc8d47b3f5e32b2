"""The numbers and sentences that Python and JavaScript share, in the form in which the modules read them."""

from dataclasses import asdict

from fer_core.app.sentences.camera import CAMERA_PROBLEMS, Problem
from fer_core.labels import COLORS, LABELS, SEEN
from fer_core.vision import analysis, cascade, crop, doubts, draw, matching, paired, patches, stream, tracking, yunet
from fer_core.vision.mtcnn_graphs import make_onet, make_pnet, make_rnet

ENGINE = "engine"
"""The problem that the browser cannot compute the answers."""
PROBLEMS = CAMERA_PROBLEMS | {
    ENGINE: Problem(
        "This browser cannot answer by itself",
        "It could not load what computes here: a network that blocks it, or an old browser.",
    )
}


def make_settings(temperature: float, threshold: float, votes: bool) -> dict:
    """Return all but the addresses (`networks`, `runtime`), ready for JSON.

    `temperature`, `threshold`: of the network's calibration; `votes`: whether it learned votes, and answers in them.
    """
    return {
        "labels": LABELS,
        "colors": COLORS | {"unsure": draw.UNSURE_COLOR},
        "temperature": temperature,
        "threshold": threshold,
        "votes": votes,
        "framing": _make_framing(),
        "cascade": _make_cascade(),
        "detector": _make_detector(),
        "yunet": _make_yunet(),
        "doubts": _make_doubts(),
        "tracking": _make_tracking(),
        "problems": {name: asdict(problem) for name, problem in PROBLEMS.items()},
    }


def make_detector_networks() -> dict[str, bytes]:
    """Return the detector's four networks as ONNX files, in the form that is fastest in WebAssembly.

    Raises DetectorError when the weights are not installed.
    """
    mtcnn = {"pnet": make_pnet(blocked=False), "rnet": make_rnet(blocked=False), "onet": make_onet(blocked=False)}
    return mtcnn | {"yunet": yunet.make_yunet()}


def _make_framing() -> dict:
    framing = paired.PairedDetector.framing
    return {
        "shiftX": framing.shift_x,
        "shiftY": framing.shift_y,
        "scale": framing.scale,
        "uprightFrom": crop.UPRIGHT_FROM,
        "sameRow": analysis.SAME_ROW,
    }


def _make_cascade() -> dict:
    return {
        "window": cascade.WINDOW,
        "stride": cascade.STRIDE,
        "factor": cascade.PYRAMID_FACTOR,
        "tile": cascade.TILE,
        "mostWindows": cascade.MAX_WINDOWS,
        "most": cascade.MAX_CANDIDATES,
        "mostPerMega": cascade.CANDIDATES_PER_MEGA,
        "batch": cascade.BATCH,
        "room": patches.ROOM,
        "thresholds": paired.THRESHOLDS,
    }


def _make_detector() -> dict:
    return {
        "longSide": paired.LONG_SIDE,
        "minFace": paired.MIN_FACE,
        "sureScore": paired.SURE_SCORE,
        "patient": paired.PATIENT,
        "same": paired.SAME,
        "nested": paired.NESTED,
        "onet": paired.ONET,
        "nearly": paired.NEARLY,
        "likely": paired.LIKELY,
        "certain": paired.CERTAIN,
        "likelyLeast": paired.LIKELY_LEAST,
        "uprightLeast": paired.UPRIGHT_LEAST,
        "mostJudged": paired.MAX_JUDGED,
        "turnedLeast": paired.TURNED_LEAST,
        "turns": paired.TURNS,
        "diagonals": paired.DIAGONALS,
        "large": paired.LARGE,
        "largeMinFace": paired.LARGE_MIN_FACE,
        "followStep": paired.FOLLOW_STEP,
    }


def _make_yunet() -> dict:
    return {
        "strides": yunet.STRIDES,
        "least": yunet.LEAST,
        "smallest": yunet.SMALLEST,
        "most": yunet.MOST,
        "mostProposals": yunet.MAX_PROPOSALS,
        "factor": yunet.FACTOR,
        "last": yunet.LAST,
        "tile": yunet.TILE,
        "overlap": yunet.OVERLAP,
        "view": yunet.VIEW,
        "faces": yunet.FACES,
        "away": yunet.AWAY,
        "growth": yunet.GROWTH,
    }


def _make_doubts() -> dict:
    return {
        "small": doubts.SMALL,
        "blurred": doubts.BLURRED,
        "turned": doubts.TURNED,
        "dark": doubts.DARK,
        "burnt": doubts.BURNT,
        "flat": doubts.FLAT,
        "seen": SEEN,
        "middle": _to_ranges(doubts.MIDDLE),
        "sentences": {name: text.replace(":.0f", "") for name, text in doubts.SENTENCES.items()},
    }


def _make_tracking() -> dict:
    return {
        "timeConstant": tracking.TIME_CONSTANT,
        "patience": tracking.PATIENCE,
        "maxPause": tracking.MAX_PAUSE,
        "reach": matching.REACH,
        "growth": matching.GROWTH,
        "maxFaces": tracking.MAX_FACES,
        "detectEvery": stream.DETECT_EVERY,
        "detectAtMost": stream.DETECT_AT_MOST,
    }


def _to_ranges(slices: tuple[slice, slice]) -> list[list[int]]:
    return [[part.start, part.stop] for part in slices]
