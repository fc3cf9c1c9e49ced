"""Exports that are built, keys to fetch them with, and when each response last changed."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# The beginning of the transaction, and not the moment: whoever asks for changes since a
# time when no transaction was older than that time misses none.
CHANGED = """
CREATE FUNCTION feedback_note_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER feedback_changed BEFORE UPDATE ON feedback_response
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION feedback_note_time();
"""
CHANGED_AWAY = "DROP FUNCTION feedback_note_time() CASCADE"
RETAGGED = """
ALTER TABLE feedback_retagged ADD CONSTRAINT feedback_retagged_response
    FOREIGN KEY (response_id) REFERENCES feedback_response (id) ON DELETE CASCADE;
CREATE FUNCTION feedback_note_retagged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO feedback_retagged (response_id, at)
        SELECT response_id, now() FROM (SELECT DISTINCT response_id FROM touched) AS t
        WHERE EXISTS (SELECT FROM feedback_response r WHERE r.id = t.response_id)
        ON CONFLICT (response_id) DO UPDATE SET at = excluded.at;
    RETURN NULL;
END $$;
CREATE TRIGGER feedback_tagged AFTER INSERT ON feedback_response_tags
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION feedback_note_retagged();
CREATE TRIGGER feedback_untagged AFTER DELETE ON feedback_response_tags
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION feedback_note_retagged();
"""
RETAGGED_AWAY = "DROP FUNCTION feedback_note_retagged() CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0011_words_are_indexed_anew"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "digest",
                    models.BinaryField(help_text="SHA-256 of the key, 32 bytes", unique=True),
                ),
                ("personal", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("used_on", models.DateField(null=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="ExportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("format", models.CharField(max_length=20)),
                (
                    "query",
                    models.TextField(
                        blank=True, help_text="Selection and choices, as in an address"
                    ),
                ),
                ("personal", models.BooleanField(default=False)),
                (
                    "page",
                    models.URLField(
                        blank=True,
                        default="",
                        help_text="Of exports, for the letter that announces it; empty: no letter",
                        max_length=500,
                    ),
                ),
                (
                    "changed_since",
                    models.DateTimeField(help_text="Only what is new or changed since", null=True),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("building", "Being built"),
                            ("done", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("gone", "No longer offered"),
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
                                "no_space",
                                "The disk of the server is full. Make room, then build it again.",
                            ),
                            ("disk", "The server could not write the file. Its log says more."),
                            ("stopped", "It was stopped several times while it was built."),
                            (
                                "asked",
                                "What it was asked for with is gone: a question, a tag or a person.",
                            ),
                            ("rights", "Whoever asked for it may not export this any longer."),
                            ("error", "It could not be built. The log of the server says more."),
                            (
                                "expired",
                                "Its time is over. Build it again to have it as it is now.",
                            ),
                            (
                                "withdrawn",
                                "Somebody withdrew a response that may be in it. Build it again without that one.",
                            ),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("cancelled", models.BooleanField(default=False)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("expected", models.PositiveBigIntegerField(help_text="Rows, as estimated")),
                ("rows", models.PositiveBigIntegerField(default=0, help_text="Done so far")),
                (
                    "name",
                    models.CharField(
                        blank=True, default="", help_text="Of the file", max_length=80
                    ),
                ),
                ("manifest", models.JSONField(null=True)),
                (
                    "seen_until",
                    models.DateTimeField(
                        help_text="All that had been committed by then is in it, or gone from it",
                        null=True,
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Retagged",
            fields=[
                (
                    "response",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="retagged",
                        serialize=False,
                        to="feedback.response",
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="SavedExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("format", models.CharField(max_length=20)),
                (
                    "query",
                    models.TextField(
                        blank=True, help_text="Selection and choices, as in an address"
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Only when asked"),
                            ("daily", "Every day"),
                            ("weekly", "Every week"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("only_new", models.BooleanField(default=False)),
                (
                    "page",
                    models.URLField(
                        blank=True,
                        default="",
                        help_text="Of exports, for the letter that announces it; empty: no letter",
                        max_length=500,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "new_since",
                    models.DateTimeField(
                        help_text="What changed before was in an earlier file; null for all",
                        null=True,
                    ),
                ),
                ("saved_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="response",
            name="changed_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                editable=False,
                help_text="When this row last changed: the beginning of that transaction",
            ),
        ),
        migrations.AddField(
            model_name="accesskey",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="access_keys",
                to="feedback.survey",
            ),
        ),
        migrations.AddField(
            model_name="accesskey",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exportfile",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exportfile",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="export_files",
                to="feedback.survey",
            ),
        ),
        migrations.AddField(
            model_name="savedexport",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedexport",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_exports",
                to="feedback.survey",
            ),
        ),
        migrations.AddField(
            model_name="exportfile",
            name="saved",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="files",
                to="feedback.savedexport",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedexport",
            constraint=models.UniqueConstraint(fields=("survey", "name"), name="saved_export_once"),
        ),
        migrations.AddIndex(
            model_name="exportfile",
            index=models.Index(fields=["survey", "-id"], name="export_newest"),
        ),
        migrations.AddIndex(
            model_name="exportfile",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "building", "done"])),
                fields=["id"],
                name="export_open",
            ),
        ),
        migrations.AlterField(
            model_name="note",
            name="written_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), editable=False
            ),
        ),
        migrations.AlterField(
            model_name="tombstone",
            name="withdrawn_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), editable=False
            ),
        ),
        migrations.RunSQL(CHANGED, CHANGED_AWAY),
        migrations.RunSQL(RETAGGED, RETAGGED_AWAY),
    ]
