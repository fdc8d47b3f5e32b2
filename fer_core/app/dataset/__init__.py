"""The dataset page: facts, findings and the browser."""
