"""One face as one network answers it, with the map of why where somebody asks."""

from fer_core.app import why
from fer_core.app.charts.class_map import compute_evidence, describe_evidence, make_evidence_picture
from fer_core.app.faces import cards
from fer_core.app.loading import Engine
from fer_core.labels import LABELS

ITS_ANSWER = "its answer"


def render_face(face, engine: Engine, key: str, name: str, label: str | None = None) -> None:
    """Show one face as one network answers it; with `label` the map of why stands beside the bars."""
    picture, alt = None, ""
    if label:
        label = face.label if label == ITS_ANSWER else label
        evidence = compute_evidence(why.compute_map(engine, face.crop), LABELS.index(label))
        picture = make_evidence_picture(face.crop, evidence, 2 * cards.MAP_WIDTH)
        alt = f"Face {face.number}. {describe_evidence(evidence, label)}"
    cards.render_face(face, key, name, engine.wording, picture, alt)
