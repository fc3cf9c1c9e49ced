"""Results that are published: the choice of them, releases that never change, quotes."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FROZEN = """
CREATE FUNCTION feedback_release_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'release % is public; make the next one', OLD.number;
END $$;
CREATE TRIGGER feedback_frozen BEFORE UPDATE ON feedback_release
    FOR EACH ROW EXECUTE FUNCTION feedback_release_is_frozen();
"""
FROZEN_AWAY = "DROP FUNCTION feedback_release_is_frozen() CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0015_how_far_partials_came"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.BooleanField(default=False)),
                (
                    "items",
                    models.JSONField(default=list, help_text="Keys of the items that staff chose"),
                ),
                (
                    "k",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Counts are rounded down to a multiple of it, and withheld below",
                    ),
                ),
                (
                    "every_hours",
                    models.PositiveIntegerField(
                        default=24, help_text="A release by itself follows the last one no sooner"
                    ),
                ),
                ("intro", models.TextField(blank=True, default="")),
                ("licence", models.CharField(blank=True, default="", max_length=200)),
                (
                    "embed",
                    models.BooleanField(
                        default=False, help_text="Other sites may show it in a frame"
                    ),
                ),
                (
                    "download",
                    models.BooleanField(default=False, help_text="As open data: CSV and JSON"),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "survey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="publication",
                        to="feedback.survey",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.CharField(help_text="Name of the stored answer", max_length=150)),
                ("text", models.TextField(max_length=2000)),
                (
                    "edits",
                    models.PositiveIntegerField(help_text="Of the response, when it was approved"),
                ),
                ("approved_at", models.DateTimeField(auto_now_add=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quotes",
                        to="feedback.response",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quotes",
                        to="feedback.survey",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="1, 2, 3 … within the survey")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("k", models.PositiveSmallIntegerField()),
                (
                    "population",
                    models.BigIntegerField(
                        help_text="Responses counted, rounded down to a multiple of k; not published"
                    ),
                ),
                (
                    "up_to",
                    models.BigIntegerField(help_text="The highest number of a response counted"),
                ),
                ("figures", models.JSONField(help_text="Shape: analysis/publishing.py")),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="releases",
                        to="feedback.survey",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "number"), name="release_once")
                ],
            },
        ),
        migrations.RunSQL(FROZEN, FROZEN_AWAY),
    ]
