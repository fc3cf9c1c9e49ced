"""Frames: the closed columns of a survey's responses as typed polars data."""
