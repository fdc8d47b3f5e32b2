#!/usr/bin/env bash
# Set up everything that the tests need: a virtual environment in .venv, and Chromium for the browser tests.
set -euo pipefail
cd "$(dirname "$0")/.."

python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
.venv/bin/python -m pip install --quiet --disable-pip-version-check ".[dev]"

if ! [ -x /usr/bin/chromium ]; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    if command -v apt-get >/dev/null; then
        $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends chromium >/dev/null
    else
        # Elsewhere Playwright brings its own.
        .venv/bin/python -m playwright install chromium
    fi
fi

# What computes in the browser: its tests skip without it.
.venv/bin/python -m fer_core.app.browser.fetch || true
