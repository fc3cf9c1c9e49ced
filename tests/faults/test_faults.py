"""The whole product under faults, and the harness under builds that are known to be wrong."""

import pytest
from django.conf import settings

from tests.faults.bad import BAD, BUILD, report_of
from tests.faults.copy import Build, running
from tests.faults.harness import possible, run, schedule

SEED, NUMBER = 1, 40


@pytest.mark.long
def test_forty_faults_lose_double_and_miscount_nothing(static_files: None) -> None:
    """Processes killed and frozen, servers restarted and full, the link cut: under clients."""
    with running(Build(), static=str(settings.STATIC_ROOT)) as copy:
        planned = schedule(possible(copy), NUMBER, SEED)

        report = run(copy, planned, seed=SEED, batch=NUMBER // 2)

        assert report.violations == [], report.told()
        assert sum(report.done.values()) == NUMBER
        assert report.stored >= report.acknowledged > NUMBER


@pytest.mark.long
def test_the_harness_tells_what_is_wrong_with_each_bad_build(static_files: None) -> None:
    """One after the other on one copy, which each of them breaks a little more."""
    with running(BUILD, static=str(settings.STATIC_ROOT)) as copy:
        for name, bad in BAD.items():
            report = report_of(copy, bad, seed=SEED)

            assert bad.kind in report.kinds(), f"{name}: {report.told()}"
