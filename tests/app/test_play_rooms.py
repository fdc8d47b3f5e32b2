"""Rooms: votes, codes that cannot be guessed, floods that find an end, and both pages."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from fer_core.app.play import room_address, room_views
from fer_core.app.play.faces import choose_faces
from fer_core.app.play.rooms import (
    ALPHABET,
    LIFETIME,
    MAX_PHONES,
    MAX_ROOMS,
    WRONG_ALL,
    WRONG_EACH,
    RoomError,
    Rooms,
    clean_code,
)
from fer_core.app.play.visitor import KEY
from fer_core.app.sentences.rooms import describe_standing
from fer_core.labels import LABELS

HOST = "a" * 32


def name(number: int) -> str:
    return f"{number:032x}"


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rooms(clock):
    return Rooms(clock)


def test_votes_are_counted_and_can_change(rooms):
    room = rooms.open(HOST)
    for number, label in enumerate(("happy", "happy", "sad")):
        rooms.join(room.code, name(number))
        assert rooms.vote(room, name(number), label, 0)
    assert rooms.vote(room, name(2), "happy", 0)
    assert room.count_votes() == [3 * (label == "happy") for label in LABELS] and room.find_choice(0) == "happy"
    assert rooms.open(HOST) is room, "one room per browser: a reload leads back to it"


def test_late_odd_and_foreign_votes_do_not_count(rooms):
    room = rooms.open(HOST)
    rooms.join(room.code, name(1))
    assert not rooms.vote(room, name(2), "happy", 0), "not in the room"
    assert not rooms.vote(room, name(1), "joy", 0)
    rooms.go(room, 1)
    assert not rooms.vote(room, name(1), "happy", 0), "that face has gone"
    rooms.reveal(room, 1)
    assert not rooms.vote(room, name(1), "happy", 1), "its label is known"
    assert room.votes == [{}] * 10


def test_a_label_once_shown_stays_known(rooms):
    """Who comes back to a face finds it as it was left: judged, and closed for votes."""
    room, faces = rooms.open(HOST), choose_faces(None, 1)
    rooms.join(room.code, name(1))
    assert rooms.vote(room, name(1), faces[0].label, 0) and describe_standing(room, faces) == ""
    rooms.reveal(room, 0)
    rooms.go(room, 1)
    assert not room.revealed and rooms.vote(room, name(1), "happy", 1)
    rooms.go(room, 0)
    assert room.revealed and not rooms.vote(room, name(1), "neutral", 0)
    assert room.find_choice(0) == faces[0].label and "on 1 of 1 faces" in describe_standing(room, faces)


def test_a_press_that_arrives_twice_counts_once(artifacts, fresh_rooms, open_page, all_text):
    """Streamlit may deliver it again, in a run of its own, where a timer's look at the room came between."""
    wall = as_visitor(open_page, "room", HOST)
    wall.button(key="room-open").click().run()
    room = fresh_rooms.find_hosted(HOST)
    fresh_rooms.reveal(room, 1)  # the label of the next face is known, too: it has a "Next face" of its own
    wall.button(key="room-reveal-0").click().run()
    wall.run()
    again = wall.button(key="room-next-0").click()
    again.run()
    assert "Face 2 of 10" in all_text(wall)
    again.click().run()
    assert room.place == 1 and "Face 2 of 10" in all_text(wall)
    assert [fresh_rooms.go(room, place) or room.place for place in (-1, 10, 10)] == [0, 9, 9]


def test_one_browser_opens_one_room_however_often_it_asks_at_once(rooms):
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: rooms.open(HOST), range(40)))
    assert len({id(room) for room in opened}) == 1 and len(rooms) == 1


def test_a_room_ends_after_an_hour_and_takes_its_votes_along(rooms, clock):
    room = rooms.open(HOST)
    rooms.join(room.code, name(1))
    clock.now = LIFETIME - 1
    assert rooms.find_joined(room.code, name(1)) is room and rooms.minutes_left(room) == 0
    clock.now = LIFETIME
    assert len(rooms) == 0 and rooms.find_joined(room.code, name(1)) is None
    assert not rooms.vote(room, name(1), "happy", 0)


def test_codes_are_read_as_people_type_them(rooms):
    room = rooms.open(HOST)
    assert rooms.join(f" {room.code[:3].lower()} {room.code[3:].lower()} ", name(1)) is room
    assert clean_code("ab-c 234") == "ABC234" and len(clean_code("x" * 1000)) <= 7
    assert len(ALPHABET) == 31 == len(set(ALPHABET)) and set(room.code) <= set(ALPHABET)


def test_nobody_guesses_a_room(rooms, clock):
    """An attacker with endless phones is heard six times a second: in a room's hour he tries 0.003 % of the codes."""
    room = rooms.open(HOST)
    tried = 0
    for number, letters in enumerate(product(ALPHABET, repeat=6)):
        if number == 5000:
            break
        clock.now += 0.01
        with pytest.raises(RoomError) as error:
            rooms.join("".join(letters), name(number))
        tried += "no room" in str(error.value)
    assert tried <= WRONG_ALL * (clock.now / 10 + 1)
    assert tried / clock.now * LIFETIME * MAX_ROOMS / len(ALPHABET) ** 6 < 0.002
    clock.now += 11
    assert rooms.join(room.code, HOST) is room, "afterwards the right code works again"


def test_one_phone_gets_a_few_tries(rooms, clock):
    room = rooms.open(HOST)
    for _ in range(WRONG_EACH):
        with pytest.raises(RoomError, match="no room"):
            rooms.join("222222", name(1))
    with pytest.raises(RoomError, match="wait a minute"):
        rooms.join(room.code, name(1))
    assert rooms.join(room.code, name(2)) is room, "others are not held up"
    clock.now += 61
    assert rooms.join(room.code, name(1)) is room


def test_two_hundred_phones_at_once_are_bounded_and_all_votes_of_those_inside_count(rooms):
    room, outcomes, start = rooms.open(HOST), [], threading.Barrier(200)

    def take_part(number: int) -> None:
        start.wait()
        try:
            rooms.join(room.code, name(number))
        except RoomError as error:
            outcomes.append(str(error))
            return
        for round_ in range(50):
            rooms.vote(room, name(number), LABELS[(number + round_) % 7], 0)
        outcomes.append("in")

    threads = [threading.Thread(target=take_part, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("in") == MAX_PHONES == len(room.phones) == sum(room.count_votes())
    assert sum("This room is full" in outcome for outcome in outcomes) == 200 - MAX_PHONES


def test_rooms_are_bounded_and_empty_ones_make_way(rooms, clock):
    first = rooms.open(name(0))
    rooms.join(first.code, HOST)
    for number in range(1, MAX_ROOMS):
        rooms.open(name(number))
    with pytest.raises(RoomError, match="All rooms"):
        rooms.open(name(99))
    clock.now += 301
    assert rooms.open(name(99)) and len(rooms) == MAX_ROOMS
    assert rooms.find_hosted(name(0)) is first, "the one with a phone in it stays"
    assert rooms.find_hosted(name(1)) is None


@pytest.mark.parametrize("odd", ["", "x", "A" * 32, "a" * 33, "../" * 11])
def test_odd_visitors_are_refused(rooms, odd):
    with pytest.raises(RoomError, match="reload"):
        rooms.open(odd)


def test_the_address_leads_phones_to_the_room(monkeypatch):
    make = room_address.make_join_address
    assert make("https://seven.example/room", "room", "ABC234") == "https://seven.example/join?room=ABC234"
    assert make("https://seven.example/app/room/", "room") == "https://seven.example/app/join"
    monkeypatch.setattr(room_address, "find_own_address", lambda: "10.0.0.5")
    assert make("http://localhost:8501/room", "room", "A") == "http://10.0.0.5:8501/join?room=A"
    monkeypatch.setattr(room_address, "find_own_address", lambda: None)
    assert room_address.shorten(make("http://localhost:8501/room", "room")) == "localhost:8501/join"
    assert room_address.make_qr_code("https://seven.example/join?room=ABC234").startswith(b"\x89PNG")


@pytest.fixture
def fresh_rooms(monkeypatch):
    rooms = Rooms()
    monkeypatch.setattr(room_views, "get_rooms", lambda: rooms)
    return rooms


def as_visitor(open_page, page: str, visitor: str, **query):
    app = open_page(page, **query)
    app.session_state[KEY] = visitor
    return app.run()


def test_a_room_on_the_wall_and_two_phones(artifacts, fresh_rooms, open_page, all_text):
    wall = as_visitor(open_page, "room", HOST)
    wall.button(key="room-open").click().run()
    room = fresh_rooms.find_hosted(HOST)
    assert room and f"**{room.code}**" in all_text(wall) and "No phone yet" in all_text(wall)
    first = as_visitor(open_page, "join", name(1), room=room.code)
    first.button(key="join-happy").click().run()
    assert "You said **happy**" in all_text(first) and not first.exception
    second = as_visitor(open_page, "join", name(2))
    second.text_input(key="join-code").set_value(room.code.lower())
    second.button[0].click().run()
    second.button(key="join-sad").click().run()
    wall.run()
    assert "**2** of **2** phones voted" in all_text(wall)
    wall.button(key="room-reveal-0").click().run()
    assert "The label is" in all_text(wall) and "This class's most frequent answer" in all_text(wall)
    assert "The label is" in all_text(first.run())
    wall.button(key="room-next-0").click().run()
    assert "Face 2 of 10" in all_text(first.run())
    wall.button(key="room-close").click().run()
    assert "This room has closed" in "".join(info.value for info in first.run().info)


def test_a_wrong_code_gets_a_sentence(artifacts, fresh_rooms, open_page):
    app = as_visitor(open_page, "join", name(3), room="NOROOM")
    assert "no room with this code" in app.warning[0].value and not app.exception


def test_a_room_works_without_any_network(no_artifacts, fresh_rooms, open_page, all_text):
    wall = as_visitor(open_page, "room", HOST)
    wall.button(key="room-open").click().run()
    wall.button(key="room-reveal-0").click().run()
    assert "The label is" in all_text(wall) and not wall.exception
