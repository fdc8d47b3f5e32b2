"""Maps of why a network says what it says, worked out one at a time and kept where that took long."""

import streamlit as st

from fer_core.app.loading import Engine


def compute_map(engine: Engine, crop):
    """Return the map (h, w, 7) of a crop, uint8 (48, 48); one that takes fifty answers is worked out once."""
    if engine.predictor.has_class_maps:
        with engine.lock:
            return engine.predictor.compute_class_maps(crop[None])[0]
    return _compute_occlusion_map(engine.run.name, engine.signature, crop, engine)


@st.cache_data(show_spinner="Covering the face, spot by spot", max_entries=200)
def _compute_occlusion_map(run_name: str, signature: tuple, crop, _engine: Engine):
    with _engine.lock:  # one face at a time, so that other visitors' photos come in between
        return _engine.predictor.compute_class_maps(crop[None])[0]
