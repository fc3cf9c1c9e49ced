"""Themes of open questions, and which answer is in which."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0019_codes_names_and_voices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Theme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("name_by_staff", models.BooleanField(default=False)),
                (
                    "label",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        default=list,
                        help_text="Phrases that were drafted",
                        size=None,
                    ),
                ),
                ("definition", models.TextField(blank=True, default="")),
                (
                    "rule",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        default=list,
                        help_text="Whatever has one of these phrases belongs here",
                        size=None,
                    ),
                ),
                ("locked", models.BooleanField(default=False)),
                (
                    "mixed",
                    models.BooleanField(default=False, help_text="A remainder rather than a theme"),
                ),
                ("centroid", models.BinaryField(default=b"", help_text="32-bit floats")),
                ("approved_public", models.BooleanField(default=False)),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="feedback.theme",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="parts",
                        to="feedback.theme",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="ThemeSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item", models.CharField(help_text="Key of the question", max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a worker"),
                            ("building", "Being looked for"),
                            ("ready", "Ready"),
                            ("failed", "Not found"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "too_few",
                                "Fewer than 50 answers say something. Themes are looked for once there are more.",
                            ),
                            (
                                "stopped",
                                "It was stopped several times. Start it again when the server is idle.",
                            ),
                            ("error", "It could not be done. The log of the server says more."),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "done",
                    models.PositiveIntegerField(default=0, help_text="Texts looked at so far"),
                ),
                ("expected", models.PositiveIntegerField(default=0)),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="Of themes; null: by the texts", null=True
                    ),
                ),
                ("seed", models.PositiveIntegerField(default=0)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("fitted_at", models.DateTimeField(null=True)),
                ("embedder", models.CharField(blank=True, default="", max_length=100)),
                (
                    "model",
                    models.BinaryField(
                        help_text="open_text/vectors.py and theming/placing.py", null=True
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, help_text="Of the model")),
                (
                    "answers",
                    models.PositiveIntegerField(default=0, help_text="Read in the latest search"),
                ),
                (
                    "next_number",
                    models.PositiveIntegerField(default=1, help_text="No number is given twice"),
                ),
                (
                    "report",
                    models.JSONField(
                        default=dict, help_text="What the latest search did to themes"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="theme_sets",
                        to="feedback.survey",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ThemeOf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "closeness",
                    models.FloatField(default=0.0, help_text="To the middle of its theme"),
                ),
                ("by_staff", models.BooleanField(default=False)),
                (
                    "said",
                    models.BigIntegerField(
                        default=0, help_text="Digest of the text that was placed"
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="feedback.response",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="feedback.theme",
                    ),
                ),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="feedback.themeset",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="theme",
            name="set",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="themes",
                to="feedback.themeset",
            ),
        ),
        migrations.AddConstraint(
            model_name="themeset",
            constraint=models.UniqueConstraint(fields=("survey", "item"), name="theme_set_once"),
        ),
        migrations.AddIndex(
            model_name="themeof",
            index=models.Index(fields=["theme", "response"], name="responses_of_theme"),
        ),
        migrations.AddConstraint(
            model_name="themeof",
            constraint=models.UniqueConstraint(
                fields=("response", "set"), name="theme_of_answer_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.UniqueConstraint(fields=("set", "number"), name="theme_number_once"),
        ),
    ]
