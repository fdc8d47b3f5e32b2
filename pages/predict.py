"""Photos in, an answer for every face out."""

import streamlit as st

from fer_core.app import loading, router, summary, ui
from fer_core.app.faces import answering
from fer_core.app.predict import answers, batch, gallery, on_device, source
from fer_core.app.predict.hand_crop import render_hand_crop

router.start(__file__)

answering.require_run("Predict", "Bring a photo: every face gets one of seven labels, with seven probabilities.")

header = st.container()
ui.show_problems(loading.load_runs().problems)
with st.container(border=True):
    here = on_device.choose()
    photos = [] if here else source.choose_photos()
    engines = answering.choose_engines()
with header:
    ui.page_header("Predict", answering.make_takeaway(engines[0].run))
    answering.render_caution(engines[0].run)
    ui.show_caveats(summary.describe_caveats(engines[0].run))

outcomes = batch.answer_photos(photos, engines[0])
batch.render_problems(outcomes)
answered = [outcome for outcome in outcomes if outcome.answer]

if answered:
    if len(answered) > 1:
        ui.section("Your photos", gallery.describe_batch(answered), anchor="photos")
    outcome = gallery.choose_outcome(answered)
    gallery.offer_to_turn(outcome)
    if not outcome.answer.faces:
        render_hand_crop(outcome, engines[0])
    else:
        answers.render_photo(outcome, engines)
        if st.toggle("A face is missing or wrong? Mark it by hand", key="predict-by-hand", bind="query-params"):
            render_hand_crop(outcome, engines[0])
elif here:
    on_device.render(engines[0])
elif not outcomes:
    ui.empty_state("No photo yet", "Bring one above, or press an example.", icon="add_a_photo")

if outcomes:
    ui.section("Every face in a table", anchor="table")
    gallery.render_take_away(outcomes, engines)

ui.section("The network behind the answers", anchor="network")
for engine in engines:
    answering.render_network(engine.run)
ui.share_note(repeatable=not here and all(photo.example for photo in photos))
