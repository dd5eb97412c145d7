"""The form that a stopped timer's entry is confirmed with, as a click brings it."""

from html.parser import HTMLParser

from django.test import Client

from conversations.models import Conversation
from tests.timers.clicks import click
from timers.models import Timer


class Swaps(HTMLParser):
    """How deep in each other the elements are that are swapped out of band."""

    VOID = ("input", "path", "circle", "line", "rect", "link", "meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.VOID:
            swapped = any(name == "hx-swap-oob" for name, _ in attrs)
            self.deepest = max(self.deepest, sum(self.open) + swapped)
            return
        self.open.append(any(name == "hx-swap-oob" for name, _ in attrs))
        self.deepest = max(self.deepest, sum(self.open))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.open.pop()


def test_the_form_arrives_whole(as_agent: Client, conversation: Conversation) -> None:
    click(as_agent, "start_on", conversation.pk, conversation)
    running = Timer.objects.get()
    html = click(as_agent, "convert", running.pk, conversation, kind="service").content.decode()
    form = html[html.index('id="my-timer"') :].partition("</form>")[0]
    for field in ("seen", "version", "kind", "billing_type", "billed", "date", "description"):
        assert f'name="{field}"' in form
    # htmx takes what is swapped out of band away from what is around it.
    swaps = Swaps()
    swaps.feed(html)
    assert swaps.deepest == 1
