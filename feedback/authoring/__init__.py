"""Making surveys: what an author does before anyone answers."""
