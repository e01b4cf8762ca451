"""A browser for the tests that look at what a person sees."""

import pytest

from tests.notebooks import browser


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    assert browser.CHROMIUM, "CI must install Chromium"
    with sync_playwright() as playwright:
        options = {"executable_path": browser.CHROMIUM, "args": browser.CHROMIUM_OPTIONS}
        program = playwright.chromium.launch(**options)
        yield program
        program.close()
