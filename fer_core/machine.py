"""What this machine's processor is and can do."""

import os
import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
BFLOAT16 = {"amx_bf16", "avx512_bf16"}
"""Instructions that multiply in bfloat16, by Linux's names."""


def describe_processor() -> str:
    """Name the processor and its cores, for example "AMD EPYC, 2 cores"."""
    name = _read_cpuinfo("model name") or platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores"


def has_bfloat16(unknown: bool = True) -> bool:
    """Whether the processor multiplies in bfloat16 itself; `unknown` where the system does not say."""
    flags = _read_cpuinfo("flags")
    return not BFLOAT16.isdisjoint(flags.split()) if flags else unknown


def _read_cpuinfo(key: str) -> str:
    """The first core's entry in Linux's list, "" where there is none."""
    if not CPUINFO.is_file():
        return ""
    lines = (line.partition(":") for line in CPUINFO.read_text(errors="replace").splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == key), "")
