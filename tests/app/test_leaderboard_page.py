"""The leaderboard page: ours beside the literature, filtered, ordered, counted in every way, with its costs."""

import dataclasses
import json

import pytest
from sample_artifacts import write_sample_runs

from fer_core.app import loading
from fer_core.app.charts import leaderboard as charts
from fer_core.app.results.judge import CROWD
from fer_core.app.sentences import leaderboard as sentences
from fer_core.runs import leaderboard as board
from fer_core.runs.artifacts import load_run
from fer_core.runs.literature import LITERATURE
from fer_core.runs.speed import Speed, write_speed


@pytest.fixture
def measured_artifacts(tmp_path, monkeypatch):
    """Both sample runs, the speed of the one with a network measured; three seeds of the study's experiment."""
    compact, vgg = write_sample_runs(tmp_path)
    write_speed(load_run(compact.path), seconds=0.05)
    for seed in (1, 2):
        copy = tmp_path / f"vgg-b32-e100-s{seed}"
        copy.mkdir()
        for file in vgg.path.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        config = json.loads((copy / "config.json").read_text())
        (copy / "config.json").write_text(json.dumps(config | {"seed": seed}))
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    return tmp_path


def read_table(app):
    return app.dataframe[0].value


def test_ours_stand_among_the_literature(measured_artifacts, open_page, all_text):
    app = open_page("leaderboard")
    assert not app.exception and not app.error
    table = read_table(app)
    assert "Compact network (ours)" in set(table["Work"]) and "Khaireddin and Chen" in set(table["Work"])
    others = table[~table["Work"].isin(["Alturki and Alfouzan (the study)", "Gan"])]
    assert len(others) == len(table) - 2, "the study and Gan are always there"
    assert set(others["Test pictures"]) == {"PrivateTest"}
    assert table["Accuracy"].is_monotonic_decreasing
    ours = table[table["Work"].str.endswith("(ours)")]
    assert (ours["Low"] < ours["Accuracy"]).all() and sorted(ours["Seeds"]) == [1, 3]
    text = all_text(app)
    assert "over 3 seeds" in text and "Time for a face: **Compact network**" in text
    assert "LetheSec 2021, 73.7" in text and "though chosen on those very pictures" in text


def test_the_address_filters_and_orders(measured_artifacts, open_page, all_text):
    app = open_page("leaderboard", leaderboard_split="Any", leaderboard_order="Ours first")
    assert read_table(app)["Work"].iloc[0].endswith("(ours)")
    assert "not said" in set(read_table(app)["Test pictures"])
    app.button_group(key="leaderboard-only").set_value(["Single network", "No test-time augmentation"]).run()
    table = read_table(app)
    assert set(table["Ensemble"]) == set(table["Test-time augmentation"]) == {"no"}
    assert "Left out because their source does not say" in all_text(app)


def test_the_study_passes_every_filter(no_artifacts, open_page):
    app = open_page("leaderboard")
    app.button_group(key="leaderboard-only").set_value(list(board.FILTERS)).run()
    assert read_table(app)["Work"].tolist() == ["Alturki and Alfouzan (the study)"]


def test_costs_change_with_their_control(measured_artifacts, open_page, unfold):
    app = open_page("leaderboard", leaderboard_cost="Time per face")
    table = unfold(app, "leaderboard-costs-table", "All costs")
    assert not app.exception and "–" in set(table["Milliseconds per face"])  # only one network was measured


def test_costs_are_judged_by_labels_or_by_people(crowd_artifacts, open_page, unfold, all_text):
    runs = {run.title: run for run in loading.load_runs()}
    taught = next(title for title, run in runs.items() if run.learns_votes)
    for judge, by_crowd in (("", False), (CROWD, True)):
        app = open_page("leaderboard", leaderboard_judge=judge)
        table = unfold(app, "leaderboard-costs-table", "All costs").set_index("Network")
        assert not app.exception
        expected = runs[taught].as_judged(by_crowd).metrics
        expected = expected.crowd_test.accuracy if by_crowd else expected.test.accuracy
        assert table.loc[taught, charts.RIGHT[by_crowd]] == pytest.approx(expected)
        assert ("did not learn these labels" in all_text(app)) != by_crowd
    costs = board.compute_costs(list(runs.values()), {}, by_crowd=True)
    view = charts.view_costs(costs, "Parameters", LITERATURE, by_crowd=True)
    assert view.figure.layout.yaxis.title.text == charts.RIGHT[True] and charts.RIGHT[True] in view.alt
    assert {trace.name for trace in view.figure.data} == {cost.title for cost in costs}, "nobody else reports it"


def test_an_unmeasured_speed_names_the_command(artifacts, open_page, all_text):
    text = all_text(open_page("leaderboard", leaderboard_cost="Time per face"))
    assert "`python -m fer_core.runs.speed --again` times all networks in one run" in text


def test_without_runs_the_literature_is_still_there(no_artifacts, open_page, all_text):
    app = open_page("leaderboard")
    assert not app.exception and len(read_table(app)) > 5
    assert "No training run yet" in all_text(app)
    assert "The best single network without extra data: LetheSec 2021" in all_text(app)


def test_a_broken_speed_is_named_and_the_rest_stands(measured_artifacts, open_page, all_text):
    (measured_artifacts / "compact-s0" / "speed.json").write_text("{")
    app = open_page("leaderboard")
    assert not app.exception and "compact-s0/speed.json is not valid JSON" in all_text(app)
    assert "Compact network (ours)" in set(read_table(app)["Work"])


def test_the_chart_says_what_the_table_says(measured_artifacts):
    runs = [load_run(path) for path in sorted(measured_artifacts.iterdir())]
    entries = [*board.make_our_entries(runs), *board.make_literature_entries()]
    view = charts.view_board(entries, crowd=0.6346)
    figure = view.figure
    drawn = sum(len(trace.x) for trace in figure.data if trace.name in charts.KINDS)
    assert drawn == len(entries) == len(figure.layout.yaxis.ticktext)
    assert "labels a crowd confirms, 63.5\u00a0%" in {trace.name for trace in figure.data}
    assert "ours, Compact network" in view.alt
    costs = board.compute_costs(runs, {})
    figure = charts.view_costs(costs, "Parameters", LITERATURE).figure
    assert {trace.name for trace in figure.data} >= {cost.title for cost in costs}
    assert all(
        10 ** figure.layout.xaxis.range[0] < trace.x[0] < 10 ** figure.layout.xaxis.range[1] for trace in figure.data
    )


def test_the_study_and_gan_are_marked_by_their_pictures():
    entries = board.make_literature_entries("PrivateTest", board.ALWAYS)
    ticks = charts.view_board(entries, split="PrivateTest").figure.layout.yaxis.ticktext
    assert "The study<br>PublicTest + PrivateTest" in ticks and "Gan 2018, split not said" in ticks
    assert "LetheSec 2021" in ticks, "what is on the chosen pictures needs no mark"


def make_entry(accuracy, tta, ours=False):
    return dataclasses.replace(
        board.make_literature_entries("PublicTest")[0], name="Ours" if ours else "Theirs", short="Theirs", accuracy=accuracy,
        tta=tta, extra_data=False, ensemble=False, note="", seeds=(accuracy,) if ours else (),
    )  # fmt: skip


@pytest.mark.parametrize(("tta", "number"), [(True, "68.7"), (False, "68.0"), (None, "68.0")])
def test_one_look_is_compared_with_one_look(tta, number):
    served, plain = make_entry(0.687, True, ours=True), make_entry(0.68, False, ours=True)
    text = sentences.make_takeaway([served], [plain], [make_entry(0.73, tta)], "PublicTest")
    assert f"**{number}\u00a0%**" in text
    assert ("one look per face" in text) == (number == "68.0")


def test_the_link_of_the_study_shows_where_64_percent_stand(measured_artifacts, open_page):
    app = open_page("leaderboard", leaderboard_split=sentences.ANY)
    assert {"Alturki and Alfouzan (the study)", "Gan"} <= set(read_table(app)["Work"])


def test_times_are_ranked_within_one_run_alone(measured_artifacts):
    runs = [load_run(path) for path in sorted(measured_artifacts.iterdir())]

    def time(session, milliseconds, device="This one"):
        return Speed(
            milliseconds={1: milliseconds, 2: 3.0, 64: 50.0},
            model_bytes=1000,
            device=device,
            model_sha256="0",
            session=session,
        )

    def cost(first, second):
        return board.compute_costs(runs, {"compact-s0": first, "vgg-b32-e100-s0": second})

    together = cost(time("now", 1.0), time("now", 6.0))
    assert "The fastest of 2 timed in one run on This one, **Compact network**" in sentences.describe_costs(together)
    assert len(board.select_session(together)) == 2
    for apart in (
        cost(time("now", 1.0), time("then", 6.0)),
        cost(time(None, 1.0), time(None, 6.0)),
        cost(time("now", 1.0), time("now", 6.0, "Another")),
    ):
        assert board.select_session(apart) == []
        text = sentences.describe_costs(apart)
        assert "Not measured in one run on one machine, so not ranked." in text and "fastest" not in text.lower()


def test_an_empty_board_is_a_chart_too():
    assert charts.view_board([]).figure.layout.height > 0
    assert charts.view_board(board.make_literature_entries()).table.columns[0] == "Work"
    assert sentences.make_takeaway([], [], [], "test").startswith("What others report")


def test_networks_that_answer_photos_are_compared_first(committed_artifacts, open_page):
    app = open_page("leaderboard")
    names = loading.load_runs().names
    answering = {names[run.name] for run in loading.load_runs() if run.model_path}
    assert answering <= set(app.multiselect(key="leaderboard-networks").value)
