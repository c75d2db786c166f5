"""What the server does at its start."""

from __future__ import annotations

import socket

from components.startup import answer_at_once


def test_what_a_connection_is_accepted_from_hands_down_that_answers_leave_at_once() -> None:
    with socket.socket() as server, socket.socket() as browser:  # as Streamlit opens it: no word of TCP
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert server.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
        answer_at_once()
        browser.connect(server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
