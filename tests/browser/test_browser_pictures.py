"""Pictures in a real browser: pressed, walked through with arrows, drawn around on the map; and Back leads back."""

import re
from urllib.parse import quote_plus

import numpy as np
import pytest
from PIL import Image
from sample_artifacts import CROWD_RUNS, write_sample_runs
from server import PHONE, WAIT, Visitor, run_server

from fer_core.app.results.finder import PAGE_SIZE
from fer_core.data import make_drawn_dataset
from fer_core.labels import LABELS
from fer_core.runs import load_run
from fer_core.runs.face_map import FACE_MAP
from fer_core.training.experiments import find_experiment

CELL = "/results?results-judge-votes=FER2013%27s+label&results-true=happy&results-predicted=happy"


@pytest.fixture(scope="module")
def pictured(tmp_path_factory):
    """A server whose sample runs, with votes and a map, have pictures: drawn ones under the files' names."""
    root = tmp_path_factory.mktemp("pictured")
    write_sample_runs(root / "artifacts", CROWD_RUNS, votes=True)
    for run in map(load_run, (root / "artifacts" / name for name in CROWD_RUNS)):
        answers = run.predictions("test")
        places = np.stack([np.linspace(-1, 1, len(answers)), np.tile([-1, 1], len(answers) // 2)], axis=1)
        np.savez_compressed(run.path / FACE_MAP, xy=places.astype(np.float16), predicted=answers.predicted)
    drawn = make_drawn_dataset(140, 280)
    for folder, stored, images in (
        ("test", run.predictions("test"), drawn.images[drawn.is_test]),
        ("train", run.predictions("validation"), drawn.images[~drawn.is_test]),
    ):
        for label, file, image in zip(stored.label, stored.file, images):
            place = root / "fer2013" / folder / LABELS[label]
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(place / file, quality=95)
    settings = {"FER2013_PATH": str(root / "fer2013"), "FER_CACHE": str(root / "cache"), "FERPLUS_PATH": ""}
    with run_server(root / "artifacts", **settings) as (address, _):
        yield address


@pytest.fixture
def app(pictured, visit) -> Visitor:
    return visit(pictured)


def load_title(run: str) -> str:
    """What the pages call a sample run."""
    return find_experiment(run.rpartition("-s")[0]).title


def dialog(page):
    return page.get_by_role("dialog")


def find_tiles(page, key: str):
    tiles = page.locator(f".st-key-{key} button.tile")
    tiles.first.wait_for(timeout=WAIT)
    return tiles


def test_a_pressed_tile_opens_and_arrows_lead_on(app):
    page = app.open(CELL, height=1600)
    tile = find_tiles(page, "results-tiles").first
    tile.scroll_into_view_if_needed()
    box = tile.bounding_box()
    page.mouse.click(box["x"] + 6, box["y"] + box["height"] - 6)  # a corner of it, below the picture
    dialog(page).get_by_text(re.compile(r"^1 of ")).wait_for(timeout=WAIT)
    first = page.url
    assert "results-picture=happy" in first
    for text in ("Ten people", "as labelled", "A test picture of this run"):
        dialog(page).get_by_text(text).first.wait_for(timeout=WAIT)
    app.wait(page)
    page.keyboard.press("ArrowRight")
    dialog(page).get_by_text(re.compile(r"^2 of ")).wait_for(timeout=WAIT)
    assert page.url != first
    page.keyboard.press("ArrowLeft")
    dialog(page).get_by_text(re.compile(r"^1 of ")).wait_for(timeout=WAIT)
    dialog(page).get_by_text("Show why").click()
    dialog(page).get_by_role("img", name=re.compile("^Map over the face")).wait_for(timeout=WAIT)
    page.keyboard.press("Escape")
    dialog(page).wait_for(state="detached", timeout=WAIT)
    page.wait_for_function("!location.search.includes('results-picture')", timeout=WAIT)


def test_back_closes_the_picture(app):
    page = app.open(CELL, height=1600)
    find_tiles(page, "results-tiles").nth(2).click()
    dialog(page).get_by_text(re.compile(r"^3 of ")).wait_for(timeout=WAIT)
    app.wait(page)
    page.keyboard.press("ArrowRight")
    dialog(page).get_by_text(re.compile(r"^4 of ")).wait_for(timeout=WAIT)
    page.go_back()
    dialog(page).wait_for(state="detached", timeout=WAIT)
    app.wait(page)
    assert page.locator(".st-key-results-true input").input_value() == "happy"


def test_keys_walk_over_the_tiles_of_the_dataset(app):
    page = app.open("/dataset?dataset-view=Pictures")
    tiles = find_tiles(page, "dataset-tiles")
    tiles.first.focus()
    page.keyboard.press("ArrowRight")
    assert tiles.nth(1).evaluate("tile => tile.getRootNode().activeElement === tile")
    page.keyboard.press("Enter")
    dialog(page).get_by_text(re.compile(r"^2 of 420")).wait_for(timeout=WAIT)
    pages = page.locator(".st-key-dataset-page")
    page.keyboard.press("Escape")
    dialog(page).wait_for(state="detached", timeout=WAIT)
    pages.get_by_text("2", exact=True).click()  # Playwright refuses where something lies over it
    page.get_by_text("here 61 to 120").wait_for(timeout=WAIT)


def test_back_across_pages_leads_to_the_same_view(app):
    page = app.open("/results", height=1600)
    page.get_by_text("Counts", exact=True).first.click()
    page.wait_for_function("location.search.includes('Counts')", timeout=WAIT)
    app.wait(page)
    app.follow(page, "Dataset")
    page.get_by_role("tab", name="Pictures").click()
    page.wait_for_function("location.search.includes('Pictures')", timeout=WAIT)
    app.wait(page)
    app.follow(page, "Leaderboard")
    page.go_back()
    page.wait_for_function("document.title.startsWith('Dataset')", timeout=WAIT)
    find_tiles(page, "dataset-tiles")
    page.go_back()
    page.wait_for_function("document.title.startsWith('Results')", timeout=WAIT)
    app.wait(page)
    assert "results-numbers=Counts" in page.url
    page.locator(".st-key-results-matrix").get_by_text("40", exact=True).or_(
        page.get_by_text("Number of test pictures")
    ).first.wait_for(timeout=WAIT)


def test_one_tap_on_a_phone_shows_the_cells_pictures(app, browser, pictured):
    context = browser.new_context(viewport={"width": PHONE, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{pictured}{CELL}")
    app.wait(page)
    find_tiles(page, "results-tiles")
    area = page.locator(".st-key-results-matrix .nsewdrag").first
    area.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    box = area.bounding_box()
    place = LABELS.index("sad") + 0.5
    page.touchscreen.tap(box["x"] + box["width"] * place / 7, box["y"] + box["height"] * place / 7)
    page.wait_for_function("document.querySelector('.st-key-results-true input')?.value === 'sad'", timeout=WAIT)
    tile = page.locator(".st-key-results-tiles button.tile").first
    page.wait_for_function(
        "() => { const host = document.querySelector('.st-key-results-tiles'); const box = host.getBoundingClientRect();"
        " return box.top < innerHeight && box.bottom > 0 }",
        timeout=WAIT,
    )
    assert "sad" in tile.inner_text()
    context.close()


def test_faces_are_drawn_around_on_the_map(app):
    page = app.open("/results?results-found-look=Map&results-found-verdict=All&results-found-faces=false", height=1800)
    area = page.locator(".st-key-results-map .nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    left, top, right, bottom = box["x"] + 5, box["y"] + 5, box["x"] + box["width"] / 2, box["y"] + box["height"] - 5
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(x, y, steps=6)
    page.mouse.up()
    page.get_by_text("drawn around").wait_for(timeout=WAIT)
    app.wait(page)
    found = int(re.search(r"(\d+) drawn around", page.get_by_test_id("stMain").inner_text())[1])
    assert 40 < found < 240
    assert find_tiles(page, "results-found-tiles").count() == PAGE_SIZE


def test_two_networks_answer_side_by_side(app):
    names = [quote_plus(load_title(name)) for name in ("crowd-s0", "compact-s0")]
    page = app.open("/predict?" + "&".join(f"predict-networks={name}" for name in names))
    bars = page.locator('[class*="st-key-predict-face-1-"] .js-plotly-plot')
    page.wait_for_function(
        "document.querySelectorAll('[class*=\"st-key-predict-face-1-\"] .js-plotly-plot').length > 1", timeout=WAIT
    )
    first, second = (bars.nth(place).bounding_box() for place in range(2))
    assert first["x"] + first["width"] <= second["x"] and abs(first["y"] - second["y"]) < 60


@pytest.mark.parametrize("way", ["back", "sidebar"])
def test_photos_are_there_when_one_returns(way, app, tmp_path):
    from fer_core.app import shell

    page = app.open("/predict")
    photo = tmp_path / "mine.jpg"
    photo.write_bytes((shell.ASSETS / "example.jpg").read_bytes())
    page.locator('input[type="file"]').first.set_input_files(photo)
    page.get_by_role("img", name=re.compile("^mine.jpg, 1 face")).wait_for(timeout=WAIT)
    app.wait(page)
    app.follow(page, "Leaderboard")
    if way == "back":
        page.go_back()
        page.wait_for_function("document.title.startsWith('Predict')", timeout=WAIT)
    else:
        app.follow(page, "Predict")
    page.get_by_role("img", name=re.compile("^mine.jpg, 1 face")).wait_for(timeout=WAIT)
