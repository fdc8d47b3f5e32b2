"""What is read off the processor, by the lists of machines that have and lack bfloat16."""

import os

import pytest

from fer_core import machine


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model name\t: Some Xeon\nflags\t\t: fpu amx_bf16 avx2\n", True),
        ("model name\t: Some EPYC\nflags\t\t: fpu avx512_bf16\n", True),
        ("model name\t: Some EPYC\nflags\t\t: fpu avx2\n", False),
        ("processor\t: 0\n", True),
        (None, True),
    ],
)
def test_bfloat16_is_read_off_the_flags(text, expected, monkeypatch, tmp_path):
    file = tmp_path / "cpuinfo"
    if text is not None:
        file.write_text(text)
    monkeypatch.setattr(machine, "CPUINFO", file)
    assert machine.has_bfloat16() is expected
    assert machine.has_bfloat16(unknown=False) is (expected and "flags" in (text or ""))


def test_the_processor_has_a_name(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "cpuinfo")
    assert machine.describe_processor().endswith(f", {os.cpu_count()} cores")
    machine.CPUINFO.write_text("model name\t: Some Xeon\n")
    assert machine.describe_processor() == f"Some Xeon, {os.cpu_count()} cores"
