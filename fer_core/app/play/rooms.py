"""Rooms in which phones vote on a face: opened by one browser, joined with a code, gone after an hour. No Streamlit.

A room holds votes and nothing about who gave them: phones are random numbers that their browsers made up. Everything is
bounded: rooms, phones in a room, one vote per phone and face, wrong codes. There are 31^6 = 887 million codes, and the server
listens to at most 6 wrong ones a second: whoever tries for a room's whole hour finds one of thirty with a chance below 0.1 %.
"""

import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from fer_core.app.play.faces import N_FACES
from fer_core.labels import LABELS

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without signs that look alike: 0 and O, 1, I and L."""
CODE_LENGTH = 6
LIFETIME = 3600.0  # seconds
MAX_ROOMS, MAX_PHONES = 30, 150
IDLE = 300.0  # seconds after which a room that nobody joined makes way for another
WRONG_EACH, WRONG_ALL = 5, 60
"""Wrong codes that one phone may enter in a minute, and all together in ten seconds."""
VISITOR = re.compile(r"[0-9a-f]{32}")


class RoomError(ValueError):
    """What was asked for cannot be done; the message is one sentence for whoever asked."""


@dataclass(eq=False)
class Room:
    """One room. `number`: the game whose faces are voted on; `place`: the face that stands there, from 0.

    `votes`: for each face, phone -> label; `shown`: the faces whose label was shown. Change it through Rooms only.
    """

    code: str
    host: str
    number: int
    opened: float
    place: int = 0
    shown: set[int] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    votes: list[dict[str, str]] = field(default_factory=lambda: [{} for _ in range(N_FACES)])

    @property
    def revealed(self) -> bool:
        """Whether the label of the face that stands there was shown, now or before."""
        return self.place in self.shown

    def count_votes(self, place: int | None = None) -> list[int]:
        """Count the votes on a face, by default the one that stands there, in the order of LABELS."""
        given = list(self.votes[self.place if place is None else place].values())
        return [given.count(label) for label in LABELS]

    def find_choice(self, place: int) -> str | None:
        """Return what most phones chose; None where they tie or nobody voted."""
        counts = self.count_votes(place)
        most = max(counts)
        return LABELS[counts.index(most)] if most and counts.count(most) == 1 else None


class Limit:
    """Counts events of the last `seconds`; at most `most` are remembered, so that no flood takes memory."""

    def __init__(self, most: int, seconds: float):
        self.seconds, self._times = seconds, deque(maxlen=most)

    def is_reached(self, now: float) -> bool:
        return len(self._times) == self._times.maxlen and now - self._times[0] < self.seconds

    def note(self, now: float) -> None:
        self._times.append(now)


class Rooms:
    """All rooms of this server; safe to use from every visitor's thread. `clock`: seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock, self._lock = clock, threading.Lock()
        self._rooms: dict[str, Room] = {}
        self._wrong = Limit(WRONG_ALL, 10.0)
        self._wrong_of: dict[str, Limit] = {}

    def __len__(self) -> int:
        with self._lock:
            self._clear()
            return len(self._rooms)

    def find_hosted(self, host: str) -> Room | None:
        """Return the room that the browser `host` has opened, or None."""
        with self._lock:
            return self._find_hosted(host)

    def open(self, host: str, number: int = 1) -> Room:
        """Open a room for the browser `host`, or return the one it has. Raises RoomError when all are taken."""
        _check(host)
        with self._lock:
            if room := self._find_hosted(host):
                return room
            if len(self._rooms) >= MAX_ROOMS and not self._make_way():
                raise RoomError("All rooms of this server are taken: try again in a few minutes.")
            code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
            room = self._rooms[code] = Room(code, host, number, self._clock())
            return room

    def close(self, room: Room) -> None:
        """Forget a room and its votes."""
        with self._lock:
            self._rooms.pop(room.code, None)

    def join(self, code: str, phone: str) -> Room:
        """Let a phone into the room with that code. Raises RoomError: no such room, full, or too many wrong codes."""
        code, now = clean_code(code), self._clock()
        with self._lock:
            self._clear()
            own = self._wrong_of.get(_check(phone))
            if self._wrong.is_reached(now) or (own and own.is_reached(now)):
                raise RoomError("Too many wrong codes: wait a minute, then try again.")
            room = self._rooms.get(code)
            if room is None:
                self._note_wrong(phone, now)
                raise RoomError("There is no room with this code: look at it again, or ask for a new one.")
            if phone not in room.phones and len(room.phones) >= MAX_PHONES:
                raise RoomError(f"This room is full: it holds {MAX_PHONES} phones.")
            room.phones.add(phone)
            return room

    def find_joined(self, code: str, phone: str) -> Room | None:
        """Return the room that a phone is in, or None when it has closed. Not a way to try codes: only members are told."""
        with self._lock:
            self._clear()
            room = self._rooms.get(code)
            return room if room and phone in room.phones else None

    def vote(self, room: Room, phone: str, label: str, place: int) -> bool:
        """Take a phone's vote on face `place`; its last one counts. False when it comes too late, or from outside."""
        with self._lock:
            open_now = self._rooms.get(room.code) is room and room.place == place and not room.revealed
            if not open_now or phone not in room.phones or label not in LABELS:
                return False
            room.votes[place][phone] = label
            return True

    def go(self, room: Room, place: int) -> None:
        """Go to face `place`; what was voted and shown there before stays. A press that arrives twice goes there once."""
        with self._lock:
            room.place = min(max(place, 0), N_FACES - 1)

    def reveal(self, room: Room, place: int) -> None:
        """Show the label of face `place`; no vote on it counts any more."""
        with self._lock:
            room.shown.add(place)

    def minutes_left(self, room: Room) -> int:
        """Return how long the room will stay, in minutes."""
        return max(0, round((room.opened + LIFETIME - self._clock()) / 60))

    def _find_hosted(self, host: str) -> Room | None:
        self._clear()
        return next((room for room in self._rooms.values() if room.host == host), None)

    def _clear(self) -> None:
        now = self._clock()
        for code in [code for code, room in self._rooms.items() if now - room.opened >= LIFETIME]:
            del self._rooms[code]

    def _make_way(self) -> bool:
        """Close the oldest room that nobody has joined for a while."""
        now = self._clock()
        idle = [room for room in self._rooms.values() if not room.phones and now - room.opened >= IDLE]
        if idle:
            del self._rooms[min(idle, key=lambda room: room.opened).code]
        return bool(idle)

    def _note_wrong(self, phone: str, now: float) -> None:
        self._wrong.note(now)
        if len(self._wrong_of) >= 1000:  # those who came first are forgotten; all together stay limited
            self._wrong_of.pop(next(iter(self._wrong_of)))
        self._wrong_of.setdefault(phone, Limit(WRONG_EACH, 60.0)).note(now)


def clean_code(text: str) -> str:
    """Bring what somebody typed into the form of a code: "abc 234" is "ABC234"."""
    return re.sub(r"[\s-]", "", text).upper()[: CODE_LENGTH + 1]


def _check(visitor: str) -> str:
    if not VISITOR.fullmatch(visitor):
        raise RoomError("This browser did not say which one it is: reload the page.")
    return visitor
