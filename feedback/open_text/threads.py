"""One thread, so that a seed gives the same themes on any machine and in any process."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it no library computes with several threads, which would add up in another order."""
    # A limit holds for libraries that are loaded by then, and this one is loaded late.
    import sklearn.cluster  # noqa: F401

    with threadpool_limits(1):
        yield
