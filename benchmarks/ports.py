"""Ports of this machine for servers that are started beside others, as tests do all the time."""

import socket

HERE = "127.0.0.1"


def free_port() -> int:
    """A port for one server, for a minute nobody else's.

    A connection that this end closed first keeps its port for that long, and Linux then gives
    it to nobody who asks for any port, nor to a connection that goes out; whoever names it, and
    sets SO_REUSEADDR as servers do, may listen there. A port that was only looked at would be
    given to the next one who asks, which a second server of the same test may be.
    """
    with socket.create_server((HERE, 0)) as server:
        port = int(server.getsockname()[1])
        with socket.create_connection((HERE, port)):
            closed_first, _ = server.accept()
            closed_first.close()
    return port


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex((HERE, port)) == 0
