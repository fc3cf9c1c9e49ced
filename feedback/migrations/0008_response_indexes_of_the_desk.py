"""Indexes for who has a response and which were edited, built while responses come in."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("feedback", "0007_review_desk_members_and_audit_chain")]

    operations = [
        AddIndexConcurrently(
            model_name="response",
            index=models.Index(
                condition=models.Q(("assignee__isnull", False)),
                fields=["survey", "assignee", "received_at", "id"],
                name="response_assigned",
            ),
        ),
        AddIndexConcurrently(
            model_name="response",
            index=models.Index(
                condition=models.Q(("edits__gt", 0)),
                fields=["survey", "received_at", "id"],
                name="response_edited",
            ),
        ),
    ]
