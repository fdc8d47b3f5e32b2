"""Take every page in light, dark and at phone width: python tests/browser/screenshots.py FOLDER [PAGE ...]

For looking at, not a test. Runs on the repository's artifacts, or on those that FER_ARTIFACTS names.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from server import CHROMIUM, FLAGS, PHONE, ROOT, WAIT, Visitor, run_server

sys.path.insert(0, str(ROOT))

from fer_core.app import shell

VIEWS = {"light": ("light", 1400), "dark": ("dark", 1400), "phone": ("light", PHONE)}
TALLEST = 9000


def main(folder: str, *names: str) -> None:
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = names or [entry.name for entry in shell.PAGES]
    with run_server() as (address, _), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        for name in names:
            for view, (theme, width) in VIEWS.items():
                visitor = Visitor(browser, address)
                page = visitor.open("/" if name == shell.HOME else f"/{name}", theme, width)
                # A tall window instead of full_page: Streamlit scrolls inside the page, not the page itself.
                height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
                page.set_viewport_size({"width": width, "height": min(int(height) + 20, TALLEST)})
                page.wait_for_timeout(1500)
                page.screenshot(path=folder / f"{name}-{view}.png", timeout=WAIT)
                visitor.close()
                print(name, view, *visitor.problems)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
