"""Typed, validated models of the JSON files under artifacts/: what pydantic does not accept is said in one phrase."""

import json
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from fer_core.files import FileError, is_plain, read_json
from fer_core.labels import LABELS

SHOWN = 40
Kind = TypeVar("Kind", bound="Record")


def _check_text(text: str) -> str:
    if not is_plain(text):
        raise ValueError("should be plain text in one line, without pictures")
    return text


def _check_interval(interval: tuple[float, float]) -> tuple[float, float]:
    if interval[0] > interval[1]:
        raise ValueError("should go from low to high")
    return interval


def _check_labels(values: dict) -> dict:
    if list(values) != list(LABELS):
        raise ValueError("should hold the seven classes in their order")
    return values


Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(ge=-1e12, le=1e12)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Interval = Annotated[tuple[Share, Share], AfterValidator(_check_interval)]
Range = Annotated[tuple[Number, Number], AfterValidator(_check_interval)]
Text = Annotated[str, Field(max_length=1000), AfterValidator(_check_text)]
"""What pages print."""
PerClass = AfterValidator(_check_labels)
"""Marks a dictionary by class, for example Annotated[dict[str, Share], PerClass]."""


class Record(BaseModel):
    """An immutable part of an artifact. Keys that this version does not know are kept."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow", allow_inf_nan=False)
    __pydantic_extra__: dict[str, JsonValue] = Field(init=False)

    def to_plain(self) -> dict:
        """The record as it stands in its file: plain data, only what was given."""
        return self.model_dump(mode="json", exclude_unset=True)

    def change(self, **changes) -> Self:
        """A copy with some fields changed, validated again."""
        plain = {key: value.to_plain() if isinstance(value, Record) else value for key, value in changes.items()}
        return type(self).model_validate_json(json.dumps(self.to_plain() | plain))


class Schema(Record):
    """The part that every file has: its schema's number."""

    number: int = Field(alias="schema")


def read_record(file: Path, kind: type[Kind], schema: int | tuple[int, ...] | None = None) -> Kind:
    """Read a JSON file as `kind`, of one of the schemas. Raises FileError with a phrase that follows the file's name."""
    text = read_json(file)
    try:
        schemas = (schema,) if isinstance(schema, int) else schema
        if schemas and (found := Schema.model_validate_json(text).number) not in schemas:
            raise FileError(f"has schema {found!r} where this version reads {' or '.join(map(str, schemas))}")
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise FileError(explain(error)) from None


def explain(error: ValidationError) -> str:
    """Say the first thing that is wrong, as a phrase: "has no test.accuracy", "gives 66.3 for ...: ..."."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"has no {place}"
    if first["type"] == "json_invalid":
        return "is not valid JSON"
    message = first["msg"]
    for opening in ("Value error, ", "Input ", "Tuple ", "String ", "Dictionary "):
        message = message.removeprefix(opening)
    if isinstance(first["input"], (dict, list)) or not place:
        return f"is wrong{f' in {place}' * bool(place)}: it {message}"
    given = repr(first["input"])
    return f"gives {given if len(given) <= SHOWN else given[: SHOWN - 1] + '…'} for {place}: it {message}"
