"""Which browser tab this is: a random number that it keeps until it is closed, so that a reload changes nothing.

A page's own session ends with each reload. The number says nothing about a person and goes nowhere but to this server.
"""

import streamlit as st

from fer_core.app.play.rooms import VISITOR

KEY = "visitor-id"
ASK = """
const KEY = "seven-expressions-visitor";

function read() {
  const fresh = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const kept = sessionStorage.getItem(KEY);
    if (!kept) sessionStorage.setItem(KEY, fresh);
    return kept ?? fresh;
  } catch {
    return fresh; // a browser that keeps nothing: each reload is somebody new
  }
}

export default function ({ setStateValue }) {
  setStateValue("number", read());
}
"""
_ask = st.components.v2.component("visitor", js=ASK)


def identify() -> str | None:
    """Return the tab's number, 32 hexadecimal digits; None in the first moment, until the browser has answered."""
    if KEY not in st.session_state:
        number = _ask(key="visitor-asked", on_number_change=lambda: None, height=1).get("number")
        if isinstance(number, str) and VISITOR.fullmatch(number):
            st.session_state[KEY] = number
    return st.session_state.get(KEY)
