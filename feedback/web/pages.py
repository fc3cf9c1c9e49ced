"""How a public page is sent: its style within it, under a policy that allows just that style.

A page that carries its style needs no other answer before it can be drawn. The policy names
the style by its SHA-256, so that nothing anybody typed can ever be a style of ours.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from feedback.questionnaire.looks import Looks

STYLESHEETS = ("css/tokens.css", "css/public.css")
PLAIN = Looks()
# No inline script anywhere, nothing from elsewhere, in nobody's frame.
POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FRAMED = "frame-ancestors *"  # instead, where staff allowed other sites to show it
STRICT = POLICY.format(script="'self'", style="'self'")


def policy_with(nonce: str) -> str:
    """For a page of the staff: only what carries this nonce runs or styles it.

    A file of ours that somebody manages to name in a tag of theirs does not.
    """
    return POLICY.format(script=f"'nonce-{nonce}'", style=f"'nonce-{nonce}'")


@dataclass(frozen=True)
class Style:
    """What stands in the ``<style>`` of a page, and the policy that lets it."""

    text: SafeString
    policy: str


@lru_cache(maxsize=512)
def style_of(looks: Looks, further: tuple[str, ...] = ()) -> Style:
    """The style of every page in these looks.

    Args:
        further: stylesheets that only some pages need.
    """
    text = stylesheet(STYLESHEETS + further) + looks.css()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    policy = POLICY.format(script="'self'", style=f"'self' 'sha256-{digest}'")
    # Our own files, and colours that are six digits: no text of anybody is in it.
    return Style(SafeString(text), policy)


@cache
def stylesheet(names: tuple[str, ...] = STYLESHEETS) -> str:
    """Our stylesheets in one, without what only their readers need."""
    found = [finders.find(name) for name in names]
    return trimmed("".join(Path(str(file)).read_text(encoding="utf-8") for file in found))


def trimmed(css: str) -> str:
    """The same rules without comments and without space that means nothing.

    Space before ``(`` and around ``:`` and ``+`` can mean something, so it stays.
    """
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    return re.sub(r"(?<=[{;])([\w-]+): ", r"\1:", css).replace(";}", "}").strip()


def page(
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    request: HttpRequest | None = None,
    further: tuple[str, ...] = (),
) -> HttpResponse:
    """A public page, in the looks of the questionnaire it is about.

    Args:
        further: stylesheets that only this page needs.
        request: only of pages that look public and are not, for their tokens.
    """
    style = style_of(looks_of(context), further)
    content = render_to_string(template, {**context, "style": style.text}, request)
    response = HttpResponse(content, status=status)
    response.headers["Content-Security-Policy"] = style.policy
    return response


def looks_of(context: Mapping[str, Any]) -> Looks:
    """Those of the page's questionnaire; our own where it is about none."""
    questionnaire = context.get("questionnaire")
    return questionnaire.looks if questionnaire else PLAIN
