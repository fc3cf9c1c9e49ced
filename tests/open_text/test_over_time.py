"""Themes over time: counts that add up, and no trend of a few points."""

import numpy as np

from feedback.open_text.over_time import over_time, stretches_of


def test_shares_are_of_those_in_any_theme() -> None:
    """A day without answers has no share, rather than none."""
    theme, when = np.array([0, 0, 1, -1, 1]), np.array([0, 0, 0, 0, 2])
    lines = over_time(
        theme, when, stretches=3, interval=lambda count, base: (0.0, 1.0), trend=lambda *_: 1.0
    )
    assert [(point.count, point.base) for point in lines[0].points] == [(2, 3), (0, 0), (0, 1)]
    assert [point.share for point in lines[1].points] == [1 / 3, None, 1.0]


def test_a_trend_needs_thirty_stretches() -> None:
    """Below that, a line through the points is somebody's imagination."""
    for days, trend in ((29, None), (30, 0.5)):
        every = np.arange(days)
        (line,) = over_time(
            every * 0, every, stretches=days, interval=lambda *_: (0, 1), trend=lambda *_: 0.5
        )
        assert line.trend == trend


def test_stretches_are_numbered_in_order() -> None:
    """The same day, the same number."""
    assert stretches_of(["mon", "mon", "tue"])[1].tolist() == [0, 0, 1]
