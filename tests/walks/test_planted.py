"""The control of ``test_inert.py``: on a page that escapes nothing, payloads are found."""

import pytest
from django.template import Context, Template
from playwright.sync_api import Browser

from feedback.web.pages import policy_with
from tests.walks.payloads import FAMILIES, PAYLOADS
from tests.walks.sweep import Sweep, of_each

pytestmark = pytest.mark.django_db(transaction=True)
# Every place of a page, with nothing escaped; in the last two, quotes and nothing else.
PLANTS = """<!doctype html>
<script nonce="{{ nonce }}">let a = {"a": "{{ text|safe }}"};</script>
<script nonce="{{ nonce }}">let b = '{{ text|safe }}';</script>
<script nonce="{{ nonce }}">/* {{ text|safe }} */</script>
<script nonce="{{ nonce }}">let c = "{{ half|safe }}";</script>
<script nonce="{{ nonce }}">let d = '{{ half|safe }}';</script>
<input value="{{ text|safe }}"><input value='{{ text|safe }}'><a href="{{ text|safe }}">here</a>
<textarea>{{ text|safe }}</textarea><title>{{ text|safe }}</title><p>{{ text|safe }}</p>"""
# By themselves these do nothing in a browser: a server, or a filter, has to take part.
NEVER_RUN = {"templates", "entities", "letters"}
# These hide what follows; as they change what is on a page, tests/web/test_inert.py finds them.
HIDING = ("<!--<", "<!--[", "<![CDATA[")


@of_each
def test_a_page_that_escapes_nothing_is_found(browser: Browser, live_site: str, each: int) -> None:
    """The control: planted in a template with ``safe``, under the policy of staff pages.

    The policy stops most of what would run, and tells of it; either way it is found.
    """
    sweep, nonce = Sweep.of(browser, live_site), "planted" * 4
    headers = {"Content-Security-Policy": policy_with(nonce), "Content-Type": "text/html"}
    shown, missed = {"body": ""}, []
    sweep.page.route("**/*", lambda route: route.abort())
    sweep.page.route(
        "**/planted/", lambda route: route.fulfill(body=shown["body"], headers=headers)
    )

    for family in FAMILIES.keys() - NEVER_RUN:
        for text in FAMILIES[family][:: min(each, 4)]:
            if text.startswith(HIDING):
                continue
            half = text.replace('"', '\\"').replace("'", "\\'")
            context = Context({"text": text, "half": half, "nonce": nonce})
            shown["body"] = Template(PLANTS).render(context)
            before = len(sweep.found)
            sweep.load("/planted/")
            if len(sweep.found) == before:
                missed.append(text)

    assert missed == []


def test_escaped_in_the_same_places_nothing_is_found(browser: Browser, live_site: str) -> None:
    """The control of the control: what is found is the fault of ``safe`` alone."""
    sweep = Sweep.of(browser, live_site)
    plants = PLANTS.partition("<input")[2].replace("|safe", "")
    body = "".join(
        Template(f"<input{plants}").render(Context({"text": text}))
        for text in PAYLOADS
        if not text.lower().lstrip("\x01").startswith(("javascript", "java\t", "data", "vbscript"))
    )
    headers = {"Content-Security-Policy": policy_with("none"), "Content-Type": "text/html"}
    sweep.page.route("**/planted/", lambda route: route.fulfill(body=body, headers=headers))

    sweep.load("/planted/")

    assert sweep.found == []
