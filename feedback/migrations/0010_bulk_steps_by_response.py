"""Which acts on many were on one response, and which of their steps were undone."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0009_newest_partials_and_tombstones_first")]

    operations = [
        migrations.AddField(
            model_name="bulkstep",
            name="undone",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="bulkstep",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["responses"], name="bulk_step_responses"
            ),
        ),
    ]
