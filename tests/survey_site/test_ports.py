"""The ports that servers of tests and benchmarks are started at."""

import socket

import pytest

from benchmarks.ports import HERE, free_port, listens


def test_a_port_that_was_given_is_given_to_nobody_else() -> None:
    """Two servers of one test with the same port came once in some thousand starts."""
    port = free_port()

    with socket.socket() as another, pytest.raises(OSError, match="in use"):
        another.bind((HERE, port))  # as asking for any port does, without SO_REUSEADDR


def test_a_server_may_listen_at_the_port_it_was_given() -> None:
    """Nothing listens there before it does."""
    port = free_port()
    before = listens(port)

    with socket.create_server((HERE, port)):
        assert (before, listens(port)) == (False, True)
