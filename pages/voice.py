"""What a voice could add to the face: an imagined one, joined with stored answers."""

import streamlit as st

from fer_core.app import loading, router, ui
from fer_core.app.charts.voice import view_voice
from fer_core.app.choosing import choose_run
from fer_core.app.formats import format_percent
from fer_core.app.sentences import voice as sentences
from fer_core.runs.voice import COMMAND

router.start(__file__)

runs, found = loading.load_runs(), loading.load_voices()
default = loading.load_default_run()
names = {name: runs.names[name] for name in found.by_run}
first = (
    default.name
    if default and default.name in names
    else max(names, key=lambda name: found.by_run[name].face, default=None)
)
header = st.container()
if not names:
    with header:
        ui.page_header("Voice, honestly", sentences.QUESTION)
        ui.show_problems([*runs.problems, *found.problems])
    ui.empty_state(
        "Not computed yet", f"`{COMMAND}` joins the stored answers of every run with a voice.", icon="graphic_eq"
    )
    st.markdown(sentences.describe_drop(), width=ui.TEXT_WIDTH)
    ui.share_note()
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    percent = st.slider(
        "How good would a voice be on its own?", 15, 100, round(100 * sentences.START), key="voice-skill",
        bind="query-params", format="%d %%", width=420,
    )  # fmt: skip
    name = choose_run("Network", names, first, "voice-run", width=300)
voice = found.by_run[name]
place = voice.find(percent / 100)

with header:
    ui.page_header("Voice, honestly", sentences.make_takeaway(voice, names[name]))
    ui.show_problems([*runs.problems, *found.problems])
ui.render_chart(
    view_voice(voice, place),
    "voice-curve",
    caption=f"Shaded: 95 % interval over the pictures. Chance: {format_percent(1 / 7, 0)}.",
)
st.markdown(
    f"{sentences.describe_result(voice, place, names[name])} {sentences.describe_gains(voice, place)}",
    width=ui.TEXT_WIDTH,
)
st.markdown(sentences.explain_bound(voice), width=ui.TEXT_WIDTH)
ui.section("When the speakers are new", sentences.describe_drop(), anchor="speakers")
ui.share_note()
