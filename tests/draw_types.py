"""Pictures of every question type for the docs: ``make pictures`` draws them anew.

Each is the example of its type as its form shows it, without scripts, as wide as a phone.
"""

import shutil
import sys
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parents[1] / "docs" / "images" / "types"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


def main() -> int:
    django.setup()
    from feedback.question_types import REGISTRY
    from feedback.questionnaire.type_docs import seen

    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        print("There is no chromium on this machine: apt-get install chromium")  # noqa: T201
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS])
        context = browser.new_context(
            viewport={"width": 390, "height": 800}, java_script_enabled=False
        )
        page = context.new_page()
        for kind in REGISTRY:
            item = kind.example().item
            block = f'[data-item="{item.key}"]'
            page.set_content(form_with(item.type))
            if seen(item):
                page.locator(block).screenshot(path=FOLDER / f"{item.type}.png")
        browser.close()
    return 0


def form_with(name: str) -> str:
    """The page of a form that asks the example of one type."""
    from feedback.question_types import REGISTRY
    from feedback.web.forms import Around, FormPage
    from tests import build

    example = next(k for k in REGISTRY if k.example().item.type == name).example()
    questionnaire = build.questionnaire([*example.before, example.item])
    around = Around(survey=1, until=None, zone="UTC", one_per_device=False, days=0)
    page = FormPage(questionnaire, questionnaire.language, "", around)
    return page.response(status=200).content.decode()


if __name__ == "__main__":
    sys.exit(main())
