"""Deleting responses for good: one or a whole selection, by owners who say why."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from feedback import tasks
from feedback.models import DeletedAs, Role
from feedback.responses import bulk
from feedback.responses.acts import NotPossible
from feedback.responses.counting import count
from feedback.responses.selected import TICKED, selected
from feedback.web.bulk import ticked
from feedback.web.desk import desk, selecting
from feedback.web.filters_in_words import counted_in_words
from feedback.web.sudo import ask_again


class Sure(forms.Form):
    """Why; and for more than one response something that nobody types by mistake."""

    why = forms.TypedChoiceField(
        choices=DeletedAs.choices,
        coerce=int,
        widget=forms.RadioSelect,
        label=gettext_lazy("The reason"),
    )
    # What came in after the page was shown was not meant by whoever looked at it.
    newest = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    name = forms.CharField(
        max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )

    def __init__(self, *args: Any, slug: str, many: bool, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.slug = slug
        if many:
            self.fields["name"].label = _("Type %(slug)s to go on") % {"slug": slug}
        else:
            del self.fields["name"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if name != self.slug:
            raise forms.ValidationError(
                _("This is not the address of the survey: type %(slug)s.") % {"slug": self.slug}
            )
        return name


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@selecting
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what would go, to who has shown again who they are; on POST delete it."""
    at = desk(request, slug, Role.OWNER)
    ask_again(request)  # before the page: on the way back a form would lose its selection
    back = reverse("responses", args=[slug]) + (f"?{at.query}" if at.query else "")
    try:
        query = ticked(request.GET) if TICKED in request.GET else at.query
        rows = selected(at.survey, query, reader=request.user)
        found = count(rows, at.survey)
        if found.exact and not found.number:
            raise NotPossible(_("There is no such response, or none any more."))
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect(back)
    many = not (found.exact and found.number == 1)
    sent = request.POST if request.method == "POST" else None
    form = Sure(sent, slug=slug, many=many, initial={"newest": bulk.newest()})
    if form.is_valid():
        why, last = form.cleaned_data["why"], form.cleaned_data["newest"]
        asked = bulk.start(at.survey, "delete", why, query, actor=request.user, up_to=last)
        if asked.state in bulk.UNFINISHED:
            transaction.on_commit(lambda: tasks.act_soon(asked.pk))
            return redirect("bulk", slug=slug, pk=asked.pk)
        told = ngettext("%(n)s response deleted.", "%(n)s responses deleted.", asked.changed)
        messages.success(request, told % {"n": asked.changed})
        return redirect(back)
    context = {"access": at.access, "survey": at.survey, "form": form, "back": back}
    context |= {"counted": counted_in_words(found), "whole": not query}
    context |= {"one": None if many else rows.values_list("pk", flat=True).first()}
    return render(request, "review/delete.html", context, status=422 if form.errors else 200)
