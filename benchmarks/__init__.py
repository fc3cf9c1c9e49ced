"""Measurements of the product, each beside a limit measured in the same run."""
