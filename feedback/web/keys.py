"""Keys for programs: made here, shown once, revoked here."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from feedback import keys
from feedback.exports.saved import clean_name
from feedback.responses.acts import NotPossible
from feedback.web.downloads import exporting
from feedback.web.sudo import ask_again


@login_required
@require_POST
def make(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a key and show it, this once."""
    access = exporting(request, slug)
    personal = "personal" in request.POST
    if personal and not access.sees_personal:
        raise Http404
    ask_again(request)
    try:
        name = clean_name(request.POST.get("name", ""))
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect(reverse("export", args=[slug]) + "#keys")
    key, secret = keys.make(access.survey, name, user=request.user, personal=personal)
    address = reverse("api_responses", args=[slug, "csv"])
    context = {
        "access": access,
        "survey": access.survey,
        "key": key,
        "secret": secret,
        "address": request.build_absolute_uri(address),
    }
    return render(request, "downloads/key.html", context)


@login_required
@require_POST
def revoke(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let a key open nothing any more, from the next request on."""
    access = exporting(request, slug)
    key = get_object_or_404(keys.keys_seen_by(access), pk=pk)
    keys.revoke(key, actor=request.user)
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": key.name})
    return redirect(reverse("export", args=[slug]) + "#keys")
