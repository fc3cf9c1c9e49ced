"""The forms of moving in: a file, what its survey shall be called, and the file once more."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from feedback.authoring.publish import TAKEN
from feedback.models import Survey
from feedback.web.uploads import TableField, digest_of, refuse_too_large

TABLES = ".csv,.tsv,.txt,text/csv,text/tab-separated-values"
ADDRESS = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ANOTHER = _("This is another file than the one that you looked at. Look at it first.")
OCCUPIED = _("There is a survey at this address already. Choose another address.")


class UploadForm(forms.Form):
    """A file that is looked at first, and taken in when it comes again."""

    digest = forms.CharField(required=False, widget=forms.HiddenInput)

    data: Any

    def __init__(self, request: Any) -> None:
        sent = request.method == "POST"
        super().__init__(request.POST if sent else None, request.FILES if sent else None)
        self.request = request

    def clean(self) -> dict[str, Any]:
        refuse_too_large(self.request)
        cleaned: dict[str, Any] = self.cleaned_data
        if self.goes_on and "file" in cleaned and digest_of(cleaned["file"]) != cleaned["digest"]:
            raise ValidationError({"file": ANOTHER})
        return cleaned

    @property
    def goes_on(self) -> bool:
        """Whether the file was looked at and is to be taken in."""
        return bool(self.request.POST.get("do") == "take")

    def looked_at(self) -> None:
        """Have the next sending name the file that was seen."""
        self.data = {**self.data.dict(), "digest": digest_of(self.cleaned_data["file"])}


class ImportForm(UploadForm):
    file = TableField(
        label=_("File"),
        help_text=_(
            "An export of this survey as CSV or JSON Lines, or the other tool’s file that it "
            "was drafted from. At most 10 MB."
        ),
        accept=f"{TABLES},.jsonl,application/x-ndjson",
    )


class MoveForm(UploadForm):
    file = TableField(
        label=_("The other tool’s export"),
        help_text=_("A table of text (CSV), one row a response, with its header. At most 10 MB."),
        accept=TABLES,
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=60,
        help_text=_("The last part of the form’s address: small letters, digits and hyphens."),
        validators=[RegexValidator(ADDRESS, _("Use small letters, digits and single hyphens."))],
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    draft = TableField(
        label=_("The draft as you changed it"),
        help_text=_("A draft from here that you have edited, in place of a new one."),
        required=False,
        accept=".yaml,.yml,.json",
    )
    opened = forms.BooleanField(
        label=_("Open it for new answers at once"),
        help_text=_("Otherwise it is closed from its first moment; you can open it later."),
        required=False,
    )

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        if address in TAKEN or Survey.objects.filter(slug=address).exists():
            raise ValidationError(OCCUPIED)
        return address
