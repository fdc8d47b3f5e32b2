"""The leaderboard page: results in words and tables."""
