"""Public feedback surveys. ``docs/house.md`` is the plan of the rooms in here."""
