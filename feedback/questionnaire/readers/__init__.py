"""Readers turn a file into a questionnaire, or say every problem with its place."""
