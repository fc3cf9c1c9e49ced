"""The people of a survey, for its owners: inviting, changing what they may, taking them out."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from feedback import members
from feedback.models import Invite, Membership, Role
from feedback.permissions import Access, survey_for
from feedback.responses import letters
from feedback.web.sudo import ask_again


class Rights(forms.ModelForm):  # type: ignore[type-arg]
    """A role and the two permissions, as a member has them or an invitation gives them."""

    class Meta:
        model = Membership
        fields: ClassVar = ("role", "sees_personal", "may_export")
        labels: ClassVar = {
            "role": gettext_lazy("Role"),
            "sees_personal": gettext_lazy("May see personal answers"),
            "may_export": gettext_lazy("May export"),
        }

    @property
    def may(self) -> members.May:
        given = self.cleaned_data
        return members.May(Role(given["role"]), given["sees_personal"], given["may_export"])


class Invitation(Rights):
    email = forms.EmailField(max_length=254, label=gettext_lazy("E-mail address"))
    field_order = ("email", "role", "sees_personal", "may_export")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Members, open invitations, and the form to invite somebody."""
    access = survey_for(request.user, slug, Role.OWNER)
    if request.method != "POST":
        return people_page(request, access, Invitation())
    ask_again(request)
    form = Invitation(request.POST)
    if not form.is_valid():
        return people_page(request, access, form, status=422)
    try:
        invite, code = members.invite(
            slug, email=form.cleaned_data["email"], may=form.may, actor=request.user
        )
    except members.NotPossible as error:
        form.add_error("email", str(error))
        return people_page(request, access, form, status=422)
    return invited(request, access, invite, code)


def people_page(
    request: HttpRequest, access: Access, form: Invitation, *, status: int = 200
) -> HttpResponse:
    context = {
        "access": access,
        "survey": access.survey,
        "form": form,
        "members": members.members_of(access.survey),
        "invites": members.open_invites().filter(survey=access.survey),
        "mails": letters.can_be_sent(),
    }
    return render(request, "members/people.html", context, status=status)


def invited(request: HttpRequest, access: Access, invite: Invite, code: str) -> HttpResponse:
    """The link, shown this once, and on its way by e-mail where letters can be sent."""
    link = request.build_absolute_uri(reverse("join", args=[code]))
    mailed = letters.can_be_sent()
    if mailed:
        text = _(
            "%(who)s invites you to work on the survey “%(title)s” as %(role)s:\n\n%(link)s\n\n"
            "The link works once, until %(until)s. If you expected nothing like it, do nothing."
        ) % {
            "who": request.user.get_username(),
            "title": access.survey.title,
            "role": invite.get_role_display(),
            "link": link,
            "until": date_format(timezone.localtime(invite.expires_at), "DATE_FORMAT"),
        }
        letters.queue(to=invite.email, subject=_("You are invited to a survey"), text=text)
    context = {
        "access": access,
        "survey": access.survey,
        "invite": invite,
        "link": link,
        "mailed": mailed,
    }
    return render(request, "members/invited.html", context)


@login_required
@require_POST
def withdraw_invite(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    access = survey_for(request.user, slug, Role.OWNER)
    get_object_or_404(access.survey.invites, pk=pk)
    ask_again(request)
    members.withdraw(slug, pk, actor=request.user)
    messages.success(request, _("The invitation is withdrawn; its link opens nothing any more."))
    return redirect("members", slug=slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What one member may."""
    access, membership = one_of(request, slug, pk)
    form = Rights(request.POST or None, instance=membership)
    if request.method == "POST":
        ask_again(request)
        if form.is_valid():
            try:
                members.change(slug, pk, may=form.may, actor=request.user)
            except members.NotPossible as error:
                form.add_error("role", str(error))
            else:
                messages.success(request, _("Saved. It holds from their next click on."))
                return redirect(way_back(request, membership), slug=slug)
    context = {"access": access, "survey": access.survey, "member": membership, "form": form}
    return render(request, "members/member.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask first, then take a member out; an owner may go, too."""
    access, membership = one_of(request, slug, pk)
    if request.method == "POST":
        ask_again(request)
        try:
            members.remove(slug, pk, actor=request.user)
        except members.NotPossible as error:
            messages.error(request, str(error))
            return redirect("members", slug=slug)
        text = _("%(name)s is no longer a member.") % {"name": membership.user.get_username()}
        messages.success(request, text)
        if membership.user_id == request.user.pk:
            return redirect("surveys")
        return redirect("members", slug=slug)
    context = {"access": access, "survey": access.survey, "member": membership}
    return render(request, "members/remove.html", context)


def one_of(request: HttpRequest, slug: str, pk: int) -> tuple[Access, Membership]:
    access = survey_for(request.user, slug, Role.OWNER)
    return access, get_object_or_404(members.members_of(access.survey), pk=pk)


def way_back(request: HttpRequest, changed: Membership) -> str:
    """Whoever is no owner any more would find no list of members."""
    mine: Any = changed.user_id == request.user.pk
    return "overview" if mine and changed.role < Role.OWNER else "members"
