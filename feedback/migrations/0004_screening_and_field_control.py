"""What screening notes with a response, and the settings of a survey in the field.

Every new column has a default in the database: the previous release goes on inserting.
"""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0003_tombstones_of_withdrawn_responses"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailySalt",
            fields=[
                ("day", models.DateField(help_text="In UTC", primary_key=True, serialize=False)),
                ("salt", models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name="response",
            name="device",
            field=models.BinaryField(help_text="Keyed hash, 8 bytes, where it is asked", null=True),
        ),
        migrations.AddField(
            model_name="response",
            name="network",
            field=models.BinaryField(help_text="Keyed hash, 8 bytes; never an address", null=True),
        ),
        migrations.AddField(
            model_name="response",
            name="reasons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                db_default=[],
                default=list,
                help_text="Why screening flagged it: codes of Reason",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="survey",
            name="cap",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Responses it takes, spam not counted; empty: any number",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="survey",
            name="closed_text",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Shown once it is closed; empty: the questionnaire's own text",
            ),
        ),
        migrations.AddField(
            model_name="survey",
            name="notice_days",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="Before closing, from when on the form says so", null=True
            ),
        ),
        migrations.AddField(
            model_name="survey",
            name="one_per_device",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="survey",
            name="zone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="IANA name; empty: the time zone of the instance",
                max_length=64,
            ),
        ),
        migrations.AddIndex(
            model_name="response",
            index=models.Index(
                condition=models.Q(("reasons", []), _negated=True),
                fields=["survey", "received_at", "id"],
                name="response_flagged",
            ),
        ),
        migrations.AddIndex(
            model_name="response",
            index=models.Index(
                condition=models.Q(("network__isnull", False)),
                fields=["survey", "network", "received_at"],
                name="response_network",
            ),
        ),
        migrations.AddIndex(
            model_name="response",
            index=models.Index(
                condition=models.Q(("device__isnull", False)),
                fields=["survey", "device", "id"],
                name="response_device",
            ),
        ),
    ]
