"""Coming in by an invitation: with an account that one has, or with a new one."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from feedback import members
from feedback.models import Invite
from feedback.web.receipt import secret


class NewAccount(forms.Form):
    """A name and a password; the address is that of the invitation."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        validators=[get_user_model().username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        help_text=gettext_lazy("Others in the survey see it. Letters, digits and @ . + - _"),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least eight characters, and none that everybody knows."),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password


@secret
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """What one is invited to, and the way in."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="join")
    if limited:
        return limited
    try:
        invite = members.find_invite(code)
        if request.user.is_authenticated:
            return join_as(request, invite, code)
        return join_anew(request, invite, code)
    except members.NoInvite:
        return render(request, "members/no_invite.html", status=404)


def join_as(request: HttpRequest, invite: Invite, code: str) -> HttpResponse:
    """For somebody who is signed in: only if the invitation went to an address of theirs."""
    if invite.email.lower() not in members.addresses_of(request.user):
        return join_page(request, invite, status=403 if request.method == "POST" else 200)
    if request.method == "POST":
        return welcome(request, members.accept(code, user=request.user).survey.slug)
    return join_page(request, invite, may_accept=True)


def join_anew(request: HttpRequest, invite: Invite, code: str) -> HttpResponse:
    """For somebody who is not: an account for the invitation's address, and in."""
    form = NewAccount(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = members.accept_anew(code, **form.cleaned_data)
        except members.NoInvite:
            raise
        except members.NotPossible as error:
            form.add_error("username", ValidationError(str(error)))
        else:
            perform_login(request, made.user)
            return welcome(request, made.survey.slug)
    return join_page(request, invite, form=form, status=422 if form.errors else 200)


def join_page(
    request: HttpRequest, invite: Invite, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Without ``survey`` in its context: who is not in yet sees none of its pages."""
    context = {"invite": invite, "title": invite.survey.title, **more}
    page = render(request, "members/join.html", context, status=status)
    # Told to nobody else; but without any, browsers name no origin, and the form is refused.
    page.headers["Referrer-Policy"] = "same-origin"
    return page


def welcome(request: HttpRequest, slug: str) -> HttpResponse:
    messages.success(request, _("You are in. Your account page has passkeys and codes of an app."))
    return redirect("overview", slug=slug)
