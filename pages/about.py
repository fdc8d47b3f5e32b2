"""Model card, responsible use, sources and licences."""

import streamlit as st

from fer_core.app import glossary, loading, router, summary, ui
from fer_core.app.about import model_card, pipeline, responsible_use
from fer_core.app.choosing import choose_run
from fer_core.app.faces.pipeline import load_report
from fer_core.app.sentences import model_card as card

router.start(__file__)

runs = loading.load_runs()
default = loading.load_default_run()

ui.page_header("About", card.make_takeaway(default and default.as_served()))
ui.show_problems(runs.problems)

ui.section("Responsible use", anchor="responsible-use")
responsible_use.render_use()

ui.section("Limits", anchor="limits")
responsible_use.render_limits()

ui.section("Privacy", anchor="privacy")
responsible_use.render_privacy()

ui.section("Model card", anchor="model-card")
if not runs:
    ui.no_runs()
else:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = choose_run(
            "Network",
            runs.names,
            default and default.name,
            "about-run",
            help="Photos are answered by the best network taught by the crowd, as measured on validation pictures.",
            width=320,
        )
        run = runs.find(name).as_served()
        st.download_button(
            "Model card",
            data=card.make_card_text(run),
            file_name=f"model-card-{run.name}.md",
            mime="text/markdown",
            key="about-card",
            on_click="ignore",
            icon=":material/download:",
        )
    ui.show_caveats(summary.describe_caveats(run))
    ui.set_subject([runs.names[run.name]], run.test.n)
    ui.metric_row([*summary.make_headline_metrics(run), *summary.make_split_metrics(run)])
    model_card.render_network(run)

    ui.section("Where it is weak", card.describe_classes(run), anchor="classes")
    model_card.render_classes(run)

    ui.section("How far to trust its confidence", card.describe_calibration(run), anchor="calibration")
    model_card.render_calibration(run)

    doubts = loading.load_doubts()
    ui.section("When it says “not sure”", card.describe_doubts(doubts.by_run.get(run.name)), anchor="doubts")
    ui.show_problems(doubts.problems)

    report, problems = load_report()
    ui.section("From the photo to the answer", pipeline.describe_pipeline(report), anchor="pipeline")
    ui.show_problems(problems)
    pipeline.render_pipeline(report, run)

ui.section("Glossary", "Words that this site uses, in a sentence or two each.", anchor=glossary.ANCHOR)
responsible_use.render_glossary()

ui.section("Sources and licences", anchor="sources")
responsible_use.render_sources()
ui.share_note()
