"""How items are put together: a questionnaire, its form, its codebook, its readers."""
