"""Run at the start of a server's interpreter (as sitecustomize): visits that were left are forgotten within two seconds."""

from streamlit.runtime.memory_session_storage import MemorySessionStorage

from fer_core.app import memory

MemorySessionStorage.__init__.__defaults__ = (128, 1)  # sessions, and seconds instead of two minutes
memory.SECONDS_BETWEEN_VISITS = 0.5
