"""Photos in, an answer for every face out."""

import streamlit as st

from fer_core.app import loading, router, summary, ui
from fer_core.app.faces import answering, batch
from fer_core.app.predict import answers, gallery, on_device, source

router.start(__file__)

answering.require_run("Predict", "Bring a photo: every face gets one of seven labels, with seven probabilities.")

# Photo and answer stand above what they depend on: few visitors change it.
header, bring, answer, table = (st.container() for _ in range(4))
with st.expander("Compare networks, or answer on this device", icon=":material/tune:", expanded=on_device.is_chosen()):
    here = on_device.choose()
    engines = answering.choose_engines()
with header:
    ui.page_header("Predict", answering.make_takeaway(engines[0].run))
    answering.render_caution(engines[0].run)
    ui.show_caveats(summary.describe_caveats(engines[0].run))
    ui.show_problems(loading.load_runs().problems)

with bring:
    photos = []
    if not here:
        with st.container(border=True):
            photos = source.choose_photos()
with answer:
    outcomes = batch.answer_photos(photos, engines[0])
    batch.render_problems(outcomes)
    answered = [outcome for outcome in outcomes if outcome.answer]
    if answered:
        if len(answered) > 1:
            ui.section("Your photos", gallery.describe_batch(answered))
        answers.render_outcome(gallery.choose_outcome(answered), engines)
    elif here:
        on_device.render(engines[0])
    elif not outcomes:
        ui.empty_state("No photo yet", "Bring one above, or press an example.", icon="add_a_photo")

with table:
    if any(outcome.answer.faces for outcome in answered):
        fold = st.expander(
            "Every face in a table, to take away", icon=":material/table:", key=gallery.TAKE_AWAY, on_change="rerun"
        )
        with fold:
            if fold.open:  # pandas, and a row for every face, are for those who look
                gallery.render_take_away(outcomes, engines)

with st.expander(
    "How good the network is" if len(engines) == 1 else "How good the networks are", icon=":material/analytics:"
):
    for engine in engines:
        answering.render_network(engine.run)
ui.share_note(repeatable=not here and all(photo.example for photo in photos))
