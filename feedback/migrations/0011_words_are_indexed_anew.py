"""Words are folded and told apart by question now: every response goes through ``refresh``."""

from django.db import migrations

# Derived in the background as ever; until it is done, a search finds what was done so far.
ALL = "INSERT INTO feedback_change (survey_id, response_id) SELECT survey_id, id FROM feedback_response"


class Migration(migrations.Migration):
    dependencies = [("feedback", "0010_bulk_steps_by_response")]
    operations = [migrations.RunSQL(ALL, migrations.RunSQL.noop)]
