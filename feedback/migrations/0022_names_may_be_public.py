from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0021_what_may_be_new"),
    ]

    operations = [
        migrations.AddField(
            model_name="openquestion",
            name="names_public",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Published results tell who named what",
            ),
        ),
    ]
