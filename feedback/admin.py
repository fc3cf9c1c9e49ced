"""Django's admin, for the instance's own things: users, and who may do what in which survey.

Answers are read and sorted at the review desk, where every look is accounted for.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from feedback.models import AuditEntry, Membership, Survey
from feedback.models.audit import record


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Survey)
class SurveyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["slug", "title", "live", "opens_at", "closes_at"]
    list_select_related = ["live", "live__survey"]
    readonly_fields = ["slug", "title", "live", "opens_at", "closes_at"]
    inlines = [MembershipInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a survey begins with a questionnaire: manage.py load_survey

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        record("settings", actor=request.user, survey=form.instance)


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["at", "actor", "action", "survey", "response_id"]
    list_filter = ["action"]
    ordering = ["-id"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
