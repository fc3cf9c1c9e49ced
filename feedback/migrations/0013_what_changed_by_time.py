"""The index for what is new or changed, built while responses come in."""

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("feedback", "0012_exports_keys_and_what_changed")]

    operations = [
        AddIndexConcurrently(
            model_name="response",
            index=BrinIndex(fields=["changed_at"], pages_per_range=32, name="response_changed"),
        )
    ]
