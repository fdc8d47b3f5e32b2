"""Live video through the server: WebRTC there and back, where the browser cannot answer by itself."""

import streamlit as st

from fer_core.app import shell, ui
from fer_core.app.live import connection, views
from fer_core.app.live.camera import watch_camera
from fer_core.app.live.link import CONNECTING, PLAYING
from fer_core.app.loading import Engine
from fer_core.app.sentences.camera import Problem


def render(engine: Engine) -> None:
    """Show the video with its answers on it, and beside and below it what they are."""
    mirrored = st.toggle("Mirror", value=True, key="live-mirror", bind="query-params", help="As in a mirror.")
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
        with shell.guard():
            views.render_results(session, link, camera, ice.has_turn)

    @st.fragment(run_every=pace)
    def show_timeline() -> None:
        with shell.guard():
            views.render_timeline(session)

    with right:
        show_results()
    if link.stage == PLAYING:
        ui.section("The last minute", anchor="timeline")
        show_timeline()
