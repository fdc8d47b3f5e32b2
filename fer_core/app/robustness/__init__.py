"""The robustness page: what spoiled pictures cost, in words, tables and examples."""
