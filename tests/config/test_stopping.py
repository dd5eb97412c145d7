"""What a server that is told to stop does with the requests it is answering."""

from __future__ import annotations

import http.client
import signal
import socket
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from conversations.models import Conversation
from tests.cast import sign_in
from tests.config.locks import elsewhere
from tests.config.production import PRODUCTION, Server, database_url
from timers.models import Timer
from workspaces.models import User


@pytest.mark.django_db(transaction=True)
def test_a_stop_in_flight_is_answered_and_kept_while_the_server_ends(
    agent: User, conversation: Conversation, settings: object
) -> None:
    settings.SECRET_KEY = PRODUCTION["SECRET_KEY"]  # type: ignore[attr-defined]
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    began = timezone.now() - timedelta(minutes=52)
    timer = Timer.objects.start(user=agent, conversation=conversation, now=began)
    session = sign_in(agent).cookies["sessionid"].value
    connection.close()
    answers: list[int] = []
    with Server("--workers-kill-timeout", "30", DATABASE_URL=database_url()) as server:

        def click() -> None:
            browser = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            token = "t" * 32
            cookies = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}
            browser.request("POST", f"/timers/{timer.pk}/stop/", headers=cookies)
            answers.append(browser.getresponse().status)

        with elsewhere(f"UPDATE workspaces_user SET first_name = first_name WHERE id = {agent.pk}"):
            thread = threading.Thread(target=click)
            thread.start()
            time.sleep(1)
            assert not answers
            server.process.send_signal(signal.SIGTERM)
            server.until(lambda: refuses(server.port), 10)
            time.sleep(2)
            assert not answers
            assert server.process.poll() is None
        thread.join(20)
        assert answers == [302]
        assert server.process.wait(20) == 0
    timer.refresh_from_db()
    assert timer.state == "stopped"
    assert timer.entry
    assert timer.entry.raw_seconds >= 52 * 60


def refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False
