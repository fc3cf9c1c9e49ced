"""One thread for all libraries, those that are loaded late among them."""

import subprocess
import sys

from survey_site.site import ROOT

ASKED = """
from threadpoolctl import threadpool_info
from feedback.open_text.threads import one_thread
with one_thread():
    from sklearn.cluster import KMeans
    print(max(pool["num_threads"] for pool in threadpool_info()))
"""


def test_in_a_new_process_no_library_takes_more_than_one_thread() -> None:
    """Else its first search would find other themes than the second, from the same seed."""
    words = [sys.executable, "-c", ASKED]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout.split() == ["1"]
