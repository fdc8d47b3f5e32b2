"""Run at the start of a server's interpreter (as sitecustomize): the clock that forgets visits ticks twice a second."""

from fer_core.app import memory

memory.SECONDS_BETWEEN_VISITS = 0.5
