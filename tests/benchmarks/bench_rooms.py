"""A class votes: how soon each vote stands on the wall, and what the server's processor does meanwhile.

    python tests/benchmarks/bench_rooms.py [--phones 40] [--seconds 20]

Starts the real server on the committed artifacts. The wall and every phone are real Streamlit sessions that look at their
room as browsers do, the wall every half second, phones every one and a half. Each phone votes again and again, at random times.
Targets for 40 phones on 2 cores: every vote on the wall within 2 s for 95 %, all phones inside.
"""

import argparse
import json
import os
import random
import re
import sys
import threading
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

import psutil
from server import run_server
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from wire_visitor import WireVisitor

from fer_core.labels import LABELS

TARGET, LOOK = 2.0, 0.5


class Member(WireVisitor):
    """A wall or a phone: says who it is, then looks at its room again and again, and presses buttons."""

    def enter(self, name: str, query: str = "") -> None:
        """Open a page and answer its question which browser this is."""
        self.open(name, query)
        components = [m.delta.new_element.bidi_component.id for m in self.page]
        asked = next(name for name in components if name.endswith("-visitor-asked"))
        number = json.dumps({"number": f"{random.getrandbits(128):032x}"})
        self._widgets[asked] = WidgetState(id=asked, json_value=number)
        self._run()

    def press(self, key: str, fragment: bool = True) -> None:
        """Press the button `key`."""
        found = [m.delta.new_element.button.id for m in self.page if m.delta.new_element.HasField("button")]
        button = next(name for name in found if name.endswith(f"-{key}"))
        self._widgets[button] = WidgetState(id=button, trigger_value=True)
        self.look() if fragment else self._run()
        del self._widgets[button]

    def look(self) -> None:
        """Run the page's fragment, as its timer does."""
        request = BackMsg()
        request.rerun_script.page_name, request.rerun_script.query_string = self._name, self._query
        request.rerun_script.fragment_id = self.fragment
        request.rerun_script.widget_states.widgets.extend(self._widgets.values())
        self._socket.send(request.SerializeToString())
        self._collect()

    def _run(self) -> None:
        request = BackMsg()
        request.rerun_script.page_name, request.rerun_script.query_string = self._name, self._query
        request.rerun_script.widget_states.widgets.extend(self._widgets.values())
        self._socket.send(request.SerializeToString())
        self._collect()

    def _collect(self) -> None:
        shown = {}
        while True:
            message = self._receive()
            kind = message.WhichOneof("type")
            if kind == "auto_rerun":
                self.fragment = message.auto_rerun.fragment_id
            elif kind == "delta":
                shown[tuple(message.metadata.delta_path)] = message
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self.page = list(shown.values())
                return

    def read(self, pattern: str) -> re.Match | None:
        """Find a pattern in the page's Markdown."""
        texts = (m.delta.new_element.markdown.body for m in self.page)
        return next((found for text in texts if (found := re.search(pattern, text))), None)


def vote(address: str, code: str, seconds: float, start: threading.Barrier, log: dict) -> None:
    """One phone: joins, then votes at random times and looks at its room in between."""
    with Member(address) as phone:
        phone.enter("join", f"room={code}")
        inside = any(m.delta.new_element.HasField("button") for m in phone.page)
        log["inside"].append(inside)
        start.wait()
        if not inside:
            return
        end, due = time.monotonic() + seconds, time.monotonic() + random.uniform(0, 4)
        while time.monotonic() < end:
            begun = time.monotonic()
            if begun >= due:
                phone.press(f"join-{random.choice(LABELS)}")
                log["answered"].append(time.monotonic() - begun)
                due = begun + random.uniform(3, 6)
            else:
                phone.look()
            time.sleep(max(0.0, 1.5 - (time.monotonic() - begun)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phones", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    log: dict[str, list] = {"inside": [], "answered": [], "wall": []}
    with run_server() as (address, process), Member(address) as wall:
        wall.enter("room")
        wall.press("room-open", fragment=False)
        code = wall.read(r"Code \*\*(\w+)\*\*")[1]
        start = threading.Barrier(options.phones + 1, timeout=300)
        phones = [
            threading.Thread(target=vote, args=(address, code, options.seconds, start, log))
            for _ in range(options.phones)
        ]
        for phone in phones:
            phone.start()
        start.wait()
        server = psutil.Process(process.pid)
        used, begun = server.cpu_times(), time.monotonic()
        while any(phone.is_alive() for phone in phones):
            looked = time.monotonic()
            wall.look()
            log["wall"].append(time.monotonic() - looked)
            time.sleep(max(0.0, LOOK - (time.monotonic() - looked)))
        busy = (server.cpu_times().user - used.user) / (time.monotonic() - begun)
        memory = server.memory_info().rss / 1e6
        found = wall.read(r"\*\*(\d+)\*\* of \*\*(\d+)\*\* phone")
    pressed, drawn = np.array(log["answered"]), np.array(log["wall"])
    worst = np.quantile(pressed, 0.95) + LOOK + np.quantile(drawn, 0.95)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} (1 minute)")
    print(
        f"{sum(log['inside'])} of {options.phones} phones inside; the wall counts {found[1]} votes of {found[2]} phones"
    )
    print(f"a press is answered in {np.median(pressed):.2f} s, 95 % within {np.quantile(pressed, 0.95):.2f} s")
    print(f"the wall draws itself in {np.median(drawn):.2f} s, 95 % within {np.quantile(drawn, 0.95):.2f} s")
    print(
        f"from press to wall at most {worst:.2f} s for 95 % (target {TARGET:.0f} s); server {busy:.0%} of a core, {memory:.0f} MB"
    )
    return 0 if worst <= TARGET and all(log["inside"]) else 1


if __name__ == "__main__":
    sys.exit(main())
