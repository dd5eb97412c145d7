"""Pages are sent compressed, once, and not to whom their length could tell what is in them."""

from __future__ import annotations

import gzip
import random
from typing import Any

import brotli
import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from config.compression import CompressionMiddleware

#: What a browser sends over HTTPS, or to this machine.
BROWSER = "gzip, deflate, br, zstd"
WORDS = b"Terminal server logs everybody out at 11:40. " * 20


def answered(response: Any = None, accepted: str = BROWSER, **headers: str) -> Any:
    """The response as it leaves, with what was said of the request."""
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepted, **headers})
    given = HttpResponse(WORDS) if response is None else response
    return CompressionMiddleware(lambda _: given)(request)


@pytest.mark.parametrize("accepted", [BROWSER, "br"])
def test_a_page_is_brotli_where_that_is_taken(accepted: str) -> None:
    response = answered(accepted=accepted)
    assert response.headers["Content-Encoding"] == "br"
    assert brotli.decompress(response.content) == WORDS
    assert response.headers["Content-Length"] == str(len(response.content))


def test_a_page_is_gzip_where_only_that_is_taken() -> None:
    response = answered(accepted="gzip, deflate")
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == WORDS


def test_a_page_is_plain_where_nothing_is_taken() -> None:
    response = answered(accepted="")
    assert "Content-Encoding" not in response.headers
    assert response.content == WORDS


@pytest.mark.parametrize("accepted", [BROWSER, "gzip", ""])
def test_a_cache_is_told_what_it_depends_on(accepted: str) -> None:
    assert answered(accepted=accepted).headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_our_own_pages_and_people_ask_for_is_compressed(site: str) -> None:
    assert answered(**{"Sec-Fetch-Site": site}).headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("accepted", [BROWSER, "gzip"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_asks_for_has_the_length_that_it_has(site: str, accepted: str) -> None:
    response = answered(accepted=accepted, **{"Sec-Fetch-Site": site})
    assert "Content-Encoding" not in response.headers
    assert response.content == WORDS


@pytest.mark.parametrize("accepted", [BROWSER, "gzip"])
def test_the_same_page_is_of_another_length_each_time(accepted: str) -> None:
    def length() -> int:
        response = answered(accepted=accepted)
        return len(response.content) + len(response.headers.get("X-Padding", ""))

    assert len({length() for _ in range(30)}) > 10


@pytest.mark.parametrize("accepted", [BROWSER, "gzip"])
def test_what_is_compressed_already_is_left_alone(accepted: str) -> None:
    made = HttpResponse(WORDS, headers={"Content-Encoding": "gzip"})
    assert answered(made, accepted).content == WORDS


@pytest.mark.parametrize("accepted", [BROWSER, "gzip"])
def test_what_is_short_is_left_alone(accepted: str) -> None:
    assert answered(HttpResponse("No."), accepted).content == b"No."


@pytest.mark.parametrize("accepted", [BROWSER, "gzip"])
def test_what_compressing_does_not_shorten_is_left_as_it_is(accepted: str) -> None:
    noise = random.Random(1).randbytes(1000)
    response = answered(HttpResponse(noise), accepted)
    assert response.content == noise
    assert not {"Content-Encoding", "X-Padding"} & set(response.headers)
    assert response.headers["Vary"] == "Accept-Encoding"


def test_what_comes_in_pieces_is_gzip() -> None:
    response = answered(StreamingHttpResponse(iter([WORDS, WORDS])))
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(response.streaming_content)) == WORDS * 2


def test_the_token_in_a_form_is_written_otherwise_each_time(as_agent: Client) -> None:
    def token() -> str:
        page = as_agent.get("/timers/").content.decode()
        return page.partition('name="csrfmiddlewaretoken" value="')[2][:64]

    assert len({token() for _ in range(5)}) == 5


def test_every_page_passes_it(as_agent: Client) -> None:
    response = as_agent.get("/timers/", headers={"Accept-Encoding": BROWSER})
    assert b"<!doctype html>" in brotli.decompress(response.content)
