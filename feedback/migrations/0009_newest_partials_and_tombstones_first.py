"""Indexes for the lists of what was begun and of what was withdrawn."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("feedback", "0008_response_indexes_of_the_desk")]

    operations = [
        AddIndexConcurrently(
            model_name="partial",
            index=models.Index(fields=["survey", "-id"], name="partial_newest"),
        ),
        AddIndexConcurrently(
            model_name="tombstone",
            index=models.Index(fields=["survey", "-id"], name="tombstone_newest"),
        ),
    ]
