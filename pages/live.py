"""A camera's video in, the same video with answers on every face out."""

import streamlit as st

from fer_core.app import loading, router, ui
from fer_core.app.choosing import choose_run
from fer_core.app.faces import answering
from fer_core.app.live import in_browser, through_server

router.start(__file__)

TAKEAWAY = "Your camera, answered as you move: every face keeps its number, its label and its seven probabilities."

runs = loading.load_runs()
names = {run.name: runs.names[run.name] for run in runs if run.model_path}
default = answering.require_run("Live", TAKEAWAY)

ui.page_header("Live", TAKEAWAY)
answering.render_caution(default)
ui.show_problems(runs.problems)

with st.container(horizontal=True, vertical_alignment="top"):
    chosen = default.name
    if len(names) > 1:
        chosen = choose_run("Network", names, default.name, "live-network", width=320)
    way = in_browser.choose_way()

engine = loading.load_engine(chosen)
if way == in_browser.BROWSER:
    in_browser.render(engine)
else:
    through_server.render(engine)
ui.section("The network behind the answers", anchor="network")
answering.render_network(engine.run)
ui.share_note()
