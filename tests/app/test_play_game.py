"""The game: its faces, its rules, its page played through, with and without FER2013."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.app import dataset_album as albums
from fer_core.app import loading
from fer_core.app.play import faces as play_faces
from fer_core.app.play.faces import N_FACES, PlayFace, choose_faces
from fer_core.app.play.game import CROWD, NETWORK, YOU, Game
from fer_core.app.sentences import play as sentences
from fer_core.data import VOTE_COLUMNS, make_drawn_dataset
from fer_core.labels import LABELS


def make_voted_album():
    """Drawn faces on which nine of ten people see the label, and the tenth nothing of the seven."""
    dataset = make_drawn_dataset(70, 56, seed=3)
    votes = np.zeros((len(dataset), len(VOTE_COLUMNS)), np.uint8)
    names = list(VOTE_COLUMNS)
    columns = [next(i for i, name in enumerate(names) if name.lower().startswith(label[:3])) for label in LABELS]
    votes[np.arange(len(dataset)), np.array(columns)[dataset.labels]] = 9
    return albums.make_album(replace(dataset, votes=votes))


def make_game(votes: list[list[int] | None], labels: list[str], answers: list[str]) -> Game:
    blank = np.zeros((48, 48), np.uint8)
    faces = [
        PlayFace(blank, label, None if row is None else np.array(row, np.uint8), "test")
        for row, label in zip(votes, labels, strict=True)
    ]
    return Game(1, faces, np.stack([np.eye(7)[LABELS.index(answer)] for answer in answers]))


def test_the_same_number_shows_the_same_faces_and_every_expression():
    first, again, other = (choose_faces(None, number) for number in (4, 4, 5))
    assert [face.label for face in first] == [face.label for face in again] and len(first) == N_FACES
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a.picture, b.picture) for a, b in zip(first, other, strict=True))
    assert {face.label for face in first} == set(LABELS)
    assert [face.source for face in first].count("Eileen Collins, photo by NASA, public domain") == 1


def test_with_a_dataset_the_faces_are_different_test_pictures_with_their_votes():
    album = make_voted_album()
    chosen = choose_faces(album, 1)
    assert len({face.source for face in chosen}) == N_FACES
    assert all("PublicTest" in face.source or "PrivateTest" in face.source for face in chosen)
    assert all(face.crowd == face.label and face.is_united for face in chosen)
    assert {face.label for face in chosen} == set(LABELS)


def test_without_votes_or_with_too_few_pictures_faces_are_drawn():
    bare = albums.make_album(make_drawn_dataset(70, 56))
    few = make_voted_album()
    few = replace(few, blank=few.dataset.labels == 0)
    assert all(face.votes is None for album in (bare, few) for face in choose_faces(album, 1))


def test_scores_by_the_label_and_by_what_people_see():
    happy, divided = [0, 0, 0, 8, 2, 0, 0], [0, 0, 0, 5, 5, 0, 0]
    game = make_game([happy, happy, divided], ["happy", "sad", "happy"], ["happy", "happy", "sad"])
    for label in ("happy", "sad", "happy"):
        game.guess(label)
        game.guess("fear")  # a second press changes nothing
        game.go_on()
    assert game.is_over and game.guesses == ["happy", "sad", "happy"]
    assert game.count_right() == {YOU: 3, NETWORK: 1, CROWD: 1}
    assert game.count_with_crowd() == ({YOU: 1, NETWORK: 2}, 2)
    assert game.list_united() == [0, 1]
    end = sentences.describe_end(game)
    assert "2 of these 3 faces" in end and "you said the same once, the network twice" in end
    assert "On 1 of them they agree on something other than the label" in end
    text = sentences.write_share(game, "http://here/game?game-number=1")
    assert text.splitlines() == [
        "Seven expressions, game 1: me 3, network 1, ten people 1 of 3", "■■■", "http://here/game?game-number=1",
    ]  # fmt: skip


def test_who_named_the_label_is_said():
    game = make_game([[0, 0, 0, 9, 0, 0, 0]], ["happy"], ["sad"])
    game.guess("happy")
    assert sentences.describe_face(game, 0) == "**The label is happy.** You and most people named it."
    assert "9 of ten people agree; 1 chose none of the seven" in sentences.describe_votes(game, 0)


def test_two_are_both_or_neither():
    game = make_game([None, None], ["happy", "sad"], ["happy", "happy"])
    for _ in range(2):
        game.guess("happy")
        game.go_on()
    assert "Both of you named it" in sentences.describe_face(game, 0)
    assert "Neither of you named it" in sentences.describe_face(game, 1)


@pytest.mark.parametrize("state", ["artifacts", "committed_artifacts"])
def test_a_game_played_through(state, request, open_page, all_text):
    request.getfixturevalue(state)
    app = open_page("game")
    assert "FER2013 with its votes is not on this server" in all_text(app)
    for number in range(N_FACES):
        app.button(key=f"game-{LABELS[number % 7]}").click().run()
        assert not app.exception and "The label is" in all_text(app)
        app.button(key="game-next").click().run()
    labels = [face.label for face in choose_faces(None, 1)]
    mine = sum(label == LABELS[number % 7] for number, label in enumerate(labels))
    assert next((metric.label, metric.value) for metric in app.metric) == ("You", f"{mine} of 10")
    assert app.code[0].value.startswith(f"Seven expressions, game 1: me {mine}, network ")
    assert ("63.5\u00a0%" in all_text(app)) == (state == "committed_artifacts")
    app.button(key="game-again").click().run()
    assert not app.exception and app.button(key="game-happy") and app.number_input(key="game-number").value > 1


def test_the_number_of_a_game_is_in_its_address(artifacts, open_page):
    app = open_page("game", game_number="77")
    assert app.number_input(key="game-number").value == 77
    assert app.session_state["game-state"][1].number == 77


def test_votes_are_shown_where_there_are_any(artifacts, open_page, all_text, monkeypatch):
    album = make_voted_album()
    monkeypatch.setattr(loading, "find_dataset_path", lambda: "here")
    monkeypatch.setattr(albums, "load_album", lambda: album)
    app = open_page("game")
    app.button(key="game-happy").click().run()
    assert "9 of ten people agree; 1 chose none of the seven" in all_text(app)
    assert "test pictures of FER2013" in all_text(app) and "Ten people **1**" in app.get("progress")[0].proto.text


def test_a_broken_dataset_is_named_and_faces_are_drawn(artifacts, open_page, monkeypatch):
    def fail():
        raise albums.DatasetError("The archive is cut off: fetch it again.")

    monkeypatch.setattr(loading, "find_dataset_path", lambda: "here")
    monkeypatch.setattr(albums, "load_album", fail)
    app = open_page("game")
    assert [warning.value for warning in app.warning] == ["The archive is cut off: fetch it again."]
    assert app.button(key="game-happy") and not app.exception


def test_without_a_network_it_says_how_to_get_one(no_artifacts, open_page, all_text):
    assert "No network to ask yet" in all_text(open_page("game"))


def test_the_free_photo_is_cut_as_faces_are():
    face = play_faces.read_portrait()
    assert face.shape == (48, 48) and face.dtype == np.uint8 and face.std() > 20
