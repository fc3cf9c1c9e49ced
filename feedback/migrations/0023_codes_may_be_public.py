from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0022_names_may_be_public"),
    ]

    operations = [
        migrations.AddField(
            model_name="openquestion",
            name="codes_public",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Published results tell how many answers have which code",
            ),
        ),
    ]
