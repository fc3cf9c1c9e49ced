"""A first questionnaire from another tool's file, guessed and explained, for a person to mend."""
