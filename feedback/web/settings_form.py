"""The form of a survey's settings in the field."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.authoring.field_control import FieldControl
from feedback.question_types.columns import Message
from feedback.questionnaire.zones import zones

LONGEST_TEXT = 5_000


def zone_choices() -> list[tuple[str, Message]]:
    default = _("That of the instance (%(zone)s)") % {"zone": settings.TIME_ZONE}
    return [("", default), *((name, name) for name in sorted(zones()))]


def zone_asked_for(posted: Mapping[str, Any]) -> str:
    """The zone that times just typed are meant in; "" where none was sent, or none that is."""
    if "zone" not in posted:
        return ""
    zone = str(posted["zone"]) or settings.TIME_ZONE
    return zone if zone in zones() else ""


class Moment(forms.DateTimeField):
    """A day and a time as browsers send them, in the active time zone."""

    def __init__(self, **kwargs: Any) -> None:
        picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        wrong = gettext_lazy("Write day and time like 2026-05-31T18:00.")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(
            required=False,
            widget=picker,
            input_formats=formats,
            error_messages={"invalid": wrong},
            **kwargs,
        )


class SettingsForm(forms.Form):
    """When the survey is open, for how many, and what its page then says."""

    opens_at = Moment(
        label=gettext_lazy("Opens"),
        help_text=gettext_lazy("Empty: open since it was published."),
    )
    closes_at = Moment(
        label=gettext_lazy("Closes"),
        help_text=gettext_lazy("Empty: stays open until somebody closes it."),
    )
    zone = forms.ChoiceField(
        required=False,
        choices=zone_choices,
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Both times are meant in it, and the form tells them in it."),
    )
    notice_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=365,
        label=gettext_lazy("Notice before closing, in days"),
        help_text=gettext_lazy(
            "From then on the form says until when it is open. Empty: it does not say so."
        ),
    )
    cap = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2_000_000_000,
        label=gettext_lazy("Most responses"),
        help_text=gettext_lazy(
            "The survey closes once so many are stored, spam not counted, also for whoever has "
            "the form open. It is looked at every two seconds, so those that arrive meanwhile "
            "are taken as well. Empty: any number."
        ),
    )
    one_per_device = forms.BooleanField(
        required=False,
        label=gettext_lazy("Ask for one response per device"),
        help_text=gettext_lazy(
            "The second and later responses from one browser are stored and flagged. This finds "
            "those who answer again without hiding it. Whoever uses another browser, a private "
            "window or no JavaScript is not noticed, and people who share a device are flagged."
        ),
    )
    partial_days = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=365,
        label=gettext_lazy("Days that what was begun is kept"),
        help_text=gettext_lazy(
            "So long one can come back to answers that were typed and not sent. "
            "0: nothing is kept before it is sent. Empty: 30."
        ),
    )
    closed_text = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        label=gettext_lazy("Text once it is closed"),
        help_text=gettext_lazy(
            "Addresses such as https://example.org become links. Empty: the questionnaire’s text."
        ),
    )

    def clean_partial_days(self) -> int:
        days: int | None = self.cleaned_data["partial_days"]
        return FieldControl.partial_days if days is None else days

    def clean(self) -> dict[str, Any]:
        times = super().clean() or {}
        opens, closes = times.get("opens_at"), times.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("This is before it opens. Choose a later time."))
        return times
