"""Photos in, an answer for every face out."""

import streamlit as st

from fer_core.app import answering, face_cards, loading, photo, photo_batch, photo_gallery, photo_source, shell, ui
from fer_core.app.examples import EXAMPLES
from fer_core.app.hand_crop import render_hand_crop

shell.start(__file__)

runs = loading.load_runs()
run = loading.load_default_run()
if run is None:
    ui.page_header("Predict", "Bring a photo: every face gets one of seven labels, with seven probabilities.")
    ui.show_problems(runs.problems)
    ui.empty_state(
        "No network to ask yet",
        "Train one with `python train.py compact`; the run that brings a `model.onnx` answers here.",
        icon="model_training",
    )
    st.stop()

ui.page_header("Predict", answering.make_takeaway(run))
answering.render_caution(run)
ui.show_problems(runs.problems)

with st.container(border=True):
    photos = photo_source.choose_photos()
    engines = answering.choose_engines()

outcomes = photo_batch.answer_photos(photos, engines[0])
photo_batch.render_problems(outcomes)
answered = [outcome for outcome in outcomes if outcome.answer]

if answered:
    if len(answered) > 1:
        ui.section("Your photos", photo_gallery.describe_batch(answered), anchor="photos")
    outcome = photo_gallery.choose_outcome(answered)
    faces = outcome.answer.faces
    left, right = st.columns([5, 6], gap="large")
    with left:
        example = EXAMPLES.get(outcome.photo.example)
        photo.render_picture(outcome.answer, example.credit if example else "")
    with right:
        if faces:
            face_cards.render_cards(outcome, engines)
        else:
            st.subheader("No face found", icon=":material/search_off:", anchor=False)
            st.markdown(
                "Faces should be upright, look at the camera and be at least 30 pixels high. "
                "Is there one all the same? Mark it by hand."
            )
    by_hand = st.toggle(
        "Mark a face by hand" if not faces else "Wrong face, or one missing? Mark it by hand",
        value=not faces,
        key=f"predict-hand-{'some' if faces else 'none'}",
    )
    if by_hand:
        render_hand_crop(outcome, engines[0])

if outcomes:
    ui.section("Every face in a table", anchor="table")
    photo_gallery.render_take_away(outcomes, engines)

for engine in engines:
    answering.render_network(engine.run)
ui.share_note()
