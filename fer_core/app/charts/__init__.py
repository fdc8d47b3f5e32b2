"""Chart builders: pure functions that take plain data and return a plotly figure. They never call Streamlit."""
