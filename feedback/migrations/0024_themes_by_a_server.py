import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0023_codes_may_be_public"),
    ]

    operations = [
        migrations.AddField(
            model_name="theme",
            name="drafted_by",
            field=models.CharField(
                db_default="", default="", help_text="Model that proposed its name", max_length=100
            ),
        ),
        migrations.AlterField(
            model_name="themeof",
            name="response",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="feedback.response",
            ),
        ),
        migrations.AlterField(
            model_name="themeset",
            name="why",
            field=models.CharField(
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
                    (
                        "vectors",
                        "The vectors that this server is set up for cannot be had. Its log says more.",
                    ),
                    ("error", "It could not be done. The log of the server says more."),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="AnswerToPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="to_place",
                        to="feedback.themeset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("response", "set"), name="answer_to_place_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TextVector",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("said", models.BigIntegerField(help_text="Digest of the text, as of ThemeOf")),
                ("embedder", models.CharField(max_length=100)),
                ("vector", models.BinaryField(help_text="16-bit floats")),
                (
                    "set",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="feedback.themeset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("set", "said", "embedder"), name="vector_of_text_once"
                    )
                ],
            },
        ),
    ]
