"""Choosing runs: people read their names, and so do addresses; those that still hold a folder's name lead there, too."""

from collections.abc import Mapping, Sequence

import streamlit as st


def choose_run(label: str, names: Mapping[str, str], default: str | None, key: str, **options) -> str:
    """Show a select box of runs; returns the folder's name of the chosen one.

    `names`: folder's name -> what it is called (`Runs.names`), in the order in which they are offered; `default`: a
    folder's name, None for the first. `options` go to st.selectbox.
    """
    given = find_in_address(names, key)
    default = given[0] if given else default
    shown = list(names.values())
    index = shown.index(names[default]) if default in names else 0
    chosen = st.selectbox(label, shown, index=index, key=key, bind="query-params", **options)
    return next(run for run, name in names.items() if name == chosen)


def choose_runs(label: str, names: Mapping[str, str], default: Sequence[str], key: str, **options) -> list[str]:
    """Show a choice of several runs; returns the folders' names of the chosen ones. Parameters as in choose_run."""
    given = find_in_address(names, key) or default
    folders = {name: run for run, name in names.items()}
    chosen = st.multiselect(
        label,
        list(folders),
        default=[names[run] for run in given if run in names],
        key=key,
        bind="query-params",
        **options,
    )
    return [folders[name] for name in chosen]


def find_in_address(names: Mapping[str, str], key: str) -> list[str]:
    """Return the folders' names that an address gives for the widget of that `key`, which itself takes names alone.

    Kept for the visit: the widget clears the address of what it does not know, and starts from its default.
    """
    kept = f"{key}-in-address"
    given = [name for name in st.query_params.get_all(key) if name in names]
    if given:
        st.session_state[kept] = given
    return [name for name in st.session_state.get(kept, []) if name in names]
