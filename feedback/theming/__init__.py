"""Themes of a survey's open questions: found, kept, corrected by staff, counted."""
