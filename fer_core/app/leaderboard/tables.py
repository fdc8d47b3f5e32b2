"""How the leaderboard's tables are ordered and how their columns look."""

import streamlit as st

ORDERS = {
    "Accuracy": lambda entry: -entry.accuracy,
    "Year": lambda entry: (entry.year is None, -(entry.year or 0), -entry.accuracy),
    "Ours first": lambda entry: (not entry.is_ours, -entry.accuracy),
}
PERCENT = st.column_config.NumberColumn(format="percent")
NARROW = 80
"""Pixels of a column whose name is shorter than its numbers: Streamlit goes by the name and cuts the numbers off."""
BOARD_COLUMNS = {
    "Accuracy": PERCENT,
    "Low": st.column_config.NumberColumn(format="percent", width=NARROW, help="Lower end of the 95 % interval"),
    "High": st.column_config.NumberColumn(format="percent", width=NARROW, help="Upper end of the 95 % interval"),
    "SD": st.column_config.NumberColumn(format="percent", help="Standard deviation over seeds"),
    "Year": st.column_config.NumberColumn(format="%d"),
    "Link": st.column_config.LinkColumn(display_text="source"),
    "Chosen on": st.column_config.TextColumn(help="Which pictures chose the epoch or the settings"),
    "Not confirmed": st.column_config.TextColumn(help="What was not read in the source itself but quoted from others"),
}
