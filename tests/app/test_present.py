"""The slides: what they say, with all artifacts, few or none, and present mode over a page."""

import json

import plotly.graph_objects as go
import pytest
from sample_artifacts import write_sample_runs

from fer_core.app import shell
from fer_core.app.charts.enlarge import SMALLEST, enlarge
from fer_core.app.formats import format_percent
from fer_core.app.present.deck import make_slides
from fer_core.app.present.slides import LONGEST, Chart, Demo, Lists, Missing, Pictures, Table
from fer_core.app.story import get_largest_share, list_judged_twice, load_story
from fer_core.runs.paper import PAPER_TABLE


@pytest.fixture
def lesson():
    """The slides on the artifacts of now, by name: lesson() -> {name: Slide}."""
    return lambda: {slide.name: slide for slide in make_slides(load_story())}


@pytest.mark.parametrize("state", ["committed_artifacts", "artifacts", "no_artifacts", "broken_artifacts"])
def test_a_lesson_of_ten_to_fourteen_short_slides(state, request, lesson):
    request.getfixturevalue(state)
    slides = lesson()
    assert 10 <= len(slides) == len(make_slides(load_story())) <= 14
    for slide in slides.values():
        assert 10 < len(slide.sentence) <= LONGEST and "**" not in slide.sentence
        assert slide.notes.say and slide.minutes > 0
        assert "None" not in slide.sentence + slide.notes.say and "nan" not in slide.sentence
        json.dumps(slide.to_json(), allow_nan=False)


def test_the_whole_lesson_takes_twenty_minutes_and_has_notes_for_each(committed_artifacts, lesson):
    slides = lesson()
    assert 18 <= sum(slide.minutes for slide in slides.values()) <= 22
    assert not [name for name, slide in slides.items() if isinstance(slide.body, Missing)]
    assert all(len(slide.notes.say) > 150 and slide.notes.ask.count("?") for slide in slides.values())


def test_the_order_follows_the_story(committed_artifacts, lesson):
    kinds = {name: type(slide.body) for name, slide in lesson().items()}
    assert list(kinds) == [
        "question", "data", "labels", "recipe", "upside-down", "table", "literature", "matrix", "mistakes", "help",
        "robustness", "limits", "use", "try",
    ]  # fmt: skip
    assert kinds["question"] is Pictures and kinds["table"] is Table and kinds["use"] is Lists and kinds["try"] is Demo
    assert all(kinds[name] is Chart for name in ("data", "labels", "recipe", "matrix", "robustness"))


def test_numbers_are_those_of_the_artifacts(committed_artifacts, lesson):
    story, slides = load_story(), lesson()
    share = format_percent(story.facts.crowd.agreement["test"])
    assert share == "63.5\u00a0%" and share in slides["labels"].sentence
    rotation = story.robustness[story.again.name].curves["rotation"][-1].accuracy
    assert f"still gets {format_percent(rotation, 0)} right" in slides["upside-down"].sentence
    wrong = 1 - story.default.as_served().test.accuracy  # by the judge that it learned from
    assert format_percent(wrong, 0) in slides["use"].sentence
    run = story.again
    table = slides["table"].body
    ours = next(row for row, strong in zip(table.rows, table.strong, strict=True) if strong)
    assert ours[-1] == f"{run.metrics.test.accuracy:.4f}"
    printed = [row[2:] for row, strong in zip(table.rows, table.strong, strict=True) if not strong]
    assert printed == [[cells["accuracy"] for cells in experiment.cells.values()] for experiment in PAPER_TABLE]


def test_the_contest_is_won_on_labels_nobody_saw_and_one_look_meets_one_look(committed_artifacts, lesson):
    story, slide = load_story(), lesson()["literature"]
    assert slide.sentence.startswith("Tang won the contest with 71.2\u00a0% on withheld labels. ")
    assert "chosen on the very pictures they report" in slide.sentence
    again = story.again.metrics.test.accuracy
    assert (
        f"ours, {story.again.title} {format_percent(again)}" in slide.body.view.alt
        and "Tang 2013" in slide.body.view.alt
    )


def test_one_floor_runs_through_all_slides(committed_artifacts, lesson):
    story, slides = load_story(), lesson()
    _, share = get_largest_share(story.facts)
    assert (
        format_percent(share, 0) in slides["data"].notes.ask
        and format_percent(share, 0) in slides["robustness"].notes.more
    )
    (floor,) = [line for line in slides["robustness"].body.view.figure.layout.shapes if line.line.dash is None]
    (dotted,) = slides["upside-down"].body.view.figure.layout.shapes
    assert floor.x0 == pytest.approx(share) and dotted.y0 == pytest.approx(share)


def test_without_artifacts_the_slides_say_what_is_missing(no_artifacts, lesson):
    slides = lesson()
    missing = {name: slide.body.text for name, slide in slides.items() if isinstance(slide.body, Missing)}
    assert set(missing) == {"question", "data", "labels", "mistakes", "robustness", "try"}
    assert all("`python " in text for text in missing.values())
    assert [caption for _, caption in slides["upside-down"].body.pictures][2].startswith("top to bottom")
    assert "help" not in slides, "what was not run is left out"


def test_an_ablation_that_was_run_has_its_slide(tmp_path, monkeypatch, lesson):
    write_sample_runs(tmp_path, {"vgg-b32-e100-s0": 2.0, "quarter-s0": 2.0, "quarter-no-vertical-flip-s0": 3.0})
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    slide = lesson()["help"]
    runs = {run.name: run.metrics.test.accuracy for run in load_story().runs}
    before, after = runs["quarter-s0"], runs["quarter-no-vertical-flip-s0"]
    assert slide.sentence.startswith("One change to the study's recipe, no vertical flip, is worth +")
    assert f"{100 * (after - before):.1f}\u00a0points" in slide.sentence


def test_a_network_that_people_taught_is_what_would_have_helped(crowd_artifacts, lesson):
    story, slide = load_story(), lesson()["help"]
    assert story.default.learns_votes and not story.labels.learns_votes
    people = {name: share for name, (_, share) in list_judged_twice(story).items()}
    for run in (story.default, story.labels):
        assert format_percent(people[run.title], 0) in slide.sentence
        assert people[run.title] == run.as_judged(by_crowd=True).as_served().test.accuracy
    drawn = {name for trace in slide.body.view.figure.data for name in trace.y}
    assert drawn == set(people), "each network has its row"


def test_labels_judge_only_networks_that_learned_them(crowd_artifacts, lesson):
    story, slides = load_story(), lesson()
    assert story.default.title not in {run.title for run in story.networks}
    for name in ("matrix", "limits"):
        assert (
            story.labels.title in slides[name].body.view.alt and story.default.title not in slides[name].body.view.alt
        )


def test_charts_grow_for_the_back_row_and_stay_small_on_their_page():
    figure = go.Figure(
        go.Scatter(x=[1], y=[2], marker={"size": [9]}, error_x={"width": 4}, textfont={"size": 11}),
        layout={
            "height": 300,
            "font": {"size": 14},
            "xaxis": {"tickfont": {"size": 13}, "title": {"font": {"size": 14}}},
        },
    )
    large = enlarge(figure)
    sizes = [large.layout.font.size, large.layout.xaxis.tickfont.size, large.data[0].textfont.size]
    assert min(sizes) == SMALLEST and large.layout.xaxis.title.font.size == 28
    assert large.data[0].marker.size[0] > 9 and large.data[0].error_x.width > 4 and large.layout.height is None
    assert figure.layout.height == 300 and figure.data[0].textfont.size == 11


@pytest.mark.parametrize("state", ["committed_artifacts", "no_artifacts", "broken_artifacts"])
@pytest.mark.parametrize("page", ["overview", "results"])
def test_present_mode_opens_over_a_page(state, page, request, open_page):
    request.getfixturevalue(state)
    app = open_page(page, present="1", slide="5")
    assert not app.exception and not app.error
    assert [title.value for title in app.title] == ["Slides"]


def test_other_values_do_not_present(artifacts, open_page):
    assert [title.value for title in open_page("results", present="0").title] == ["Results"]


def test_the_plan_lists_every_slide_with_its_notes(committed_artifacts, open_page, all_text, lesson):
    app = open_page("lesson")
    assert len(app.expander) == len(lesson()) + 1
    text = all_text(app)
    assert all(slide.notes.say in text and slide.notes.ask in text for slide in lesson().values())


def test_the_plan_names_what_is_missing(no_artifacts, open_page):
    app = open_page("lesson")
    assert len(app.info) == 6 and "python -m fer_core.runs.robustness" in app.info[4].value


def test_every_page_offers_the_slides(artifacts, open_page):
    links = [element for element in open_page("study").get("page_link") if element.proto.label == "Present"]
    assert [link.proto.query_string for link in links] == ["present=1"]
    assert shell.PRESENT == "present"
