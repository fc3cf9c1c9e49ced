"""What staff add at the review desk, who is invited, and the audit log as a chain."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION feedback_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only added to; % % refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER feedback_append_only BEFORE UPDATE OR DELETE ON feedback_auditentry
    FOR EACH ROW EXECUTE FUNCTION feedback_audit_is_append_only();
CREATE TRIGGER feedback_append_only BEFORE UPDATE OR DELETE ON feedback_seal
    FOR EACH ROW EXECUTE FUNCTION feedback_audit_is_append_only();
"""
APPEND_ONLY_AWAY = "DROP FUNCTION feedback_audit_is_append_only() CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0006_pictures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bulk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.CharField(help_text="A name of responses/bulk.py ACTS", max_length=20),
                ),
                (
                    "value",
                    models.BigIntegerField(
                        help_text="A status, or the number of a tag or a user; null for nobody",
                        null=True,
                    ),
                ),
                (
                    "query",
                    models.TextField(blank=True, help_text="The selection, as in an address"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        db_default="waiting",
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("cancelled", models.BooleanField(db_default=False, default=False)),
                (
                    "expected",
                    models.PositiveBigIntegerField(
                        help_text="Responses in the selection, as estimated"
                    ),
                ),
                ("up_to", models.BigIntegerField()),
                ("after", models.BigIntegerField(default=0)),
                (
                    "seen",
                    models.PositiveBigIntegerField(default=0, help_text="Responses looked at"),
                ),
                (
                    "changed",
                    models.PositiveBigIntegerField(default=0, help_text="Of those, changed"),
                ),
                (
                    "kept",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="When undone: left alone, as somebody changed them since",
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="BulkStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "responses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Numbers of those changed",
                        size=None,
                    ),
                ),
                (
                    "before",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(null=True),
                        help_text="What each of them had, in the same order",
                        size=None,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (10, "Viewer"),
                            (20, "Analyst"),
                            (30, "Reviewer"),
                            (40, "Editor"),
                            (50, "Owner"),
                        ],
                        default=10,
                    ),
                ),
                (
                    "sees_personal",
                    models.BooleanField(default=False, verbose_name="may see personal answers"),
                ),
                ("may_export", models.BooleanField(default=False, verbose_name="may export")),
                ("email", models.EmailField(max_length=254)),
                ("code", models.UUIDField(help_text="Hash of the code in the link", unique=True)),
                ("invited_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-invited_at"],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("query", models.TextField(blank=True)),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        db_default=[],
                        default=list,
                        size=None,
                    ),
                ),
                ("shared", models.BooleanField(default=False)),
                ("saved_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        help_text="1, 2, 3 … without a gap", primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.BinaryField(help_text="SHA-256, 32 bytes")),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="columns",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100),
                db_default=[],
                default=list,
                help_text="Of their list of responses, in order; empty for the usual ones",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="seen_until",
            field=models.DateTimeField(
                help_text="What came later is new to them: the visit before this one", null=True
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="visited_at",
            field=models.DateTimeField(help_text="When they last saw that list", null=True),
        ),
        migrations.AddField(
            model_name="response",
            name="assignee",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="assigned",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="colour",
            field=models.CharField(
                choices=[
                    ("grey", "Grey"),
                    ("red", "Red"),
                    ("orange", "Orange"),
                    ("yellow", "Yellow"),
                    ("green", "Green"),
                    ("teal", "Teal"),
                    ("blue", "Blue"),
                    ("purple", "Purple"),
                    ("pink", "Pink"),
                ],
                db_default="grey",
                default="grey",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["survey", "id"], name="audit_of_survey"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["actor", "id"], name="audit_of_actor"),
        ),
        migrations.AddField(
            model_name="bulk",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="bulk",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="bulks",
                to="feedback.survey",
            ),
        ),
        migrations.AddField(
            model_name="bulkstep",
            name="bulk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="steps",
                to="feedback.bulk",
            ),
        ),
        migrations.AddField(
            model_name="invite",
            name="invited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="invites_sent",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invite",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="invites",
                to="feedback.survey",
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="note",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to="feedback.note",
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="views",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="views",
                to="feedback.survey",
            ),
        ),
        migrations.AddField(
            model_name="seal",
            name="entry",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="seal",
                to="feedback.auditentry",
            ),
        ),
        migrations.AddIndex(
            model_name="bulk",
            index=models.Index(fields=["survey", "-id"], name="bulk_newest"),
        ),
        migrations.AddIndex(
            model_name="bulk",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "running", "undoing"])),
                fields=["id"],
                name="bulk_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="mention",
            index=models.Index(
                condition=models.Q(("seen_at__isnull", True)),
                fields=["user"],
                name="mention_unseen",
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=models.UniqueConstraint(fields=("note", "user"), name="mention_once"),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                fields=("survey", "owner", "name"), name="view_once"
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_AWAY),
    ]
