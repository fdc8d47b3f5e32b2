"""A camera's video in, the same video with answers on every face out."""

import streamlit as st

from fer_core.app import loading, shell, ui
from fer_core.app.choosing import choose_run
from fer_core.app.faces import answering
from fer_core.app.live import connection, views
from fer_core.app.live.camera import watch_camera
from fer_core.app.live.link import CONNECTING, PLAYING, Problem

shell.start(__file__)

TAKEAWAY = "Your camera, answered as you move: every face keeps its number, its label and its seven probabilities."

runs = loading.load_runs()
names = {run.name: runs.names[run.name] for run in runs if run.model_path}
default = answering.require_run("Live", TAKEAWAY)

ui.page_header("Live", TAKEAWAY)
answering.render_caution(default)
ui.show_problems(runs.problems)

with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = default.name
    if len(names) > 1:
        chosen = choose_run("Network", names, default.name, "live-network", width=320)
    mirrored = st.toggle("Mirror", value=True, key="live-mirror", bind="query-params", help="As in a mirror.")

engine = loading.load_engine(chosen)
connection.warm_up(engine.run.name, engine.signature, engine)
session = connection.get_session(engine)
session.mirrored = mirrored
camera = watch_camera()
ice = connection.find_ice_servers()

left, right = st.columns([7, 5], gap="large")
with left:
    try:
        link = connection.render_streamer(session, ice)
    except connection.StreamerMissing as error:
        views.render_problem(Problem("Live video is not installed here", str(error)))
        st.stop()
    st.caption(":material/lock: Video is worked on in this server's memory and never stored. " + ice.describe())
    if ice.problem:
        st.warning(ice.problem, title="The connection servers are set up wrongly", icon=":material/dns:")

pace = 1.0 if link.stage in (PLAYING, CONNECTING) else None


@st.fragment(run_every=pace)
def show_results() -> None:
    """The answers of this moment, beside the video."""
    with shell.guard():
        views.render_results(session, link, camera, ice.has_turn)


@st.fragment(run_every=pace)
def show_timeline() -> None:
    """The last minute, below the video."""
    with shell.guard():
        views.render_timeline(session)


with right:
    show_results()
if link.stage == PLAYING:
    ui.section("The last minute", anchor="timeline")
    show_timeline()
ui.section("Who answers here", anchor="network")
answering.render_network(engine.run)
ui.share_note()
