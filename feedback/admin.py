"""Django's admin, for the instance's own things: users, and who may do what in which survey.

Answers are read and sorted at the review desk, where every look is accounted for; nothing
here shows one.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin as DjangosUserAdmin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from feedback.members import NEEDS_OWNER, owned_alone, owners
from feedback.models import AuditEntry, Membership, Role, Survey
from feedback.models.audit import record
from feedback.web.history import ACTS

MOST_PAGED = 5_000  # entries of the log that pages lead to; further ones by their number
User = get_user_model()
admin.site.unregister(User)


@admin.register(User)
class UserAdmin(DjangosUserAdmin):  # type: ignore[type-arg]
    """Users are deactivated, never deleted: the audit log goes on speaking of them."""

    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Whoever is to be locked out is, at once; that it leaves surveys alone is told."""
        super().save_model(request, obj, form, change)
        alone = [] if obj.is_active else owned_alone(obj)
        if alone:
            told = _("Nobody who can sign in owns these surveys now: %(surveys)s. Add an owner.")
            slugs = ", ".join(survey.slug for survey in alone)
            messages.warning(request, told % {"surveys": slugs})

    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        record("user_added", actor=request.user, user=obj.pk)
        return super().log_addition(request, obj, message)

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        record("user_changed", actor=request.user, user=obj.pk)
        return super().log_change(request, obj, message)


class Members(BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        """As on the survey's own page: its last owner is neither removed nor demoted."""
        super().clean()
        staying = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        # Of a form that is wrong by itself there may be no user.
        left = [one["user"] for one in staying if one.get("role") == Role.OWNER and "user" in one]
        if (
            not any(user.is_active for user in left)
            and owners().filter(survey=self.instance).exists()
        ):
            raise ValidationError(NEEDS_OWNER)


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    formset = Members
    fields = ["user", "role", "sees_personal", "may_export"]
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Survey)
class SurveyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["slug", "title", "live", "opens_at", "closes_at"]
    list_select_related = ["live", "live__survey"]
    search_fields = ["slug", "title"]
    show_full_result_count = False
    fields = ("slug", "title", "live", "opens_at", "closes_at")
    readonly_fields = ("slug", "title", "live", "opens_at", "closes_at")
    inlines = [MembershipInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a survey begins with a questionnaire: manage.py load_survey

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Each member added, changed or removed has an entry, as on the survey's own page."""
        super().save_related(request, form, formsets, change)
        (members,) = formsets
        for member in members.new_objects:
            self.note("member_added", request, member, **may(member))
        for member, _fields in members.changed_objects:
            self.note("member_changed", request, member, now=may(member))
        for member in members.deleted_objects:
            self.note("member_removed", request, member)

    def note(self, action: str, request: Any, member: Membership, **details: Any) -> None:
        record(action, actor=request.user, survey=member.survey, member=member.user_id, **details)


def may(member: Membership) -> dict[str, Any]:
    return {name: getattr(member, name) for name in ("role", "sees_personal", "may_export")}


class Newest(Paginator):  # type: ignore[type-arg]
    """Pages through the newest alone: to count a million, or to skip them, takes too long."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_PAGED].count())


class WhatWasDone(admin.SimpleListFilter):
    title = _("what was done")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, act.kind) for name, act in ACTS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The whole log, signing in included; one survey's is on its own page, for its owners."""

    list_display = ["id", "at", "actor", "words", "survey", "response_id"]
    list_display_links = ["id"]
    list_select_related = ["actor", "survey"]
    list_filter = [WhatWasDone]
    search_fields = ["id"]
    search_help_text = _("The number of an entry: it and those before it.")
    ordering = ["-id"]
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER  # they would count the whole log
    paginator = Newest
    show_full_result_count = False
    actions = None

    @admin.display(description=_("what was done"))
    def words(self, entry: AuditEntry) -> str:
        return str(ACTS[entry.action].kind) if entry.action in ACTS else entry.action

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        number = search_term.strip()
        if not number:
            return queryset, False
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return queryset.none(), False
        return queryset.filter(pk__lte=int(number)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
