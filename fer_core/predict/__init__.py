"""What the dashboard answers, without it: photos, folders and videos in, one table out, on every core or machine."""
