"""No network: the tests can't use it, and the program never does."""

import socket

import pytest


@pytest.mark.parametrize(("family", "here"), [(socket.AF_INET, ("127.0.0.1", 9)), (socket.AF_INET6, ("::1", 9))])
def test_a_test_that_would_use_the_network_fails(family, here):
    for reach in ("connect", "connect_ex", "bind"):
        with socket.socket(family) as made, pytest.raises(RuntimeError, match="network"):
            getattr(made, reach)(here)
    with socket.socket(family, socket.SOCK_DGRAM) as made, pytest.raises(RuntimeError, match="network"):
        made.sendto(b"a word", here)
    for ask in (lambda: socket.getaddrinfo("example.org", 80), lambda: socket.create_connection(here)):
        with pytest.raises(RuntimeError, match="network"):
            ask()
