"""Finds the browser for the tests. `python -m tests.chromium` says which, and fails where there is none."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import BrowserType, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def executable(browser_type: BrowserType) -> str | None:
    """The path of Playwright's own Chromium where that is installed, else of the system's."""
    if Path(browser_type.executable_path).exists():
        return browser_type.executable_path
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


if __name__ == "__main__":
    with sync_playwright() as playwright:
        sys.exit(0 if executable(playwright.chromium) else "No Chromium found.")
