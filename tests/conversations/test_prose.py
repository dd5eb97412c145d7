"""How messages are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.templatetags.conversations import prose


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello", "<p>Hello</p>"),
        ("One\nline", "<p>One<br>line</p>"),
        ("One\r\nline", "<p>One<br>line</p>"),
        ("First\n\nSecond", "<p>First</p>\n<p>Second</p>"),
        ("First\n \t\n\n\nSecond", "<p>First</p>\n<p>Second</p>"),
        ("See #1042.", '<p>See <a href="/conversations/1042/">#1042</a>.</p>'),
        ("(#7, #8)", '<p>(<a href="/conversations/7/">#7</a>, <a href="/conversations/8/">#8</a>)</p>'),
        ("no#7 &#39; ##7 #x #0 #7x", "<p>no#7 &amp;#39; ##7 #x #0 #7x</p>"),
        ("#" + "1" * 19, f"<p>#{'1' * 19}</p>"),
        ('<b>bold</b> & "so"', "<p>&lt;b&gt;bold&lt;/b&gt; &amp; &quot;so&quot;</p>"),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        (
            "data:text/html,x ftp://x.example //x.example",
            "<p>data:text/html,x ftp://x.example //x.example</p>",
        ),
        ("somebody@example.com www.example.com", "<p>somebody@example.com www.example.com</p>"),
    ],
)
def test_plain_text_becomes_paragraphs(text: str, html: str) -> None:
    assert prose(text) == html


@pytest.mark.parametrize(
    ("text", "url", "rest"),
    [
        ("https://x.example", "https://x.example", ""),
        ("HTTP://X.example/a#7", "HTTP://X.example/a#7", ""),
        ("https://x.example/a?b=1&c=2.", "https://x.example/a?b=1&amp;c=2", "."),
        ("https://x.example/?!", "https://x.example/", "?!"),
        ("https://x.example/a).", "https://x.example/a", ")."),
        ("https://x.example/a_(b)", "https://x.example/a_(b)", ""),
        ('https://x.example/"onclick=alert(1)', "https://x.example/", "&quot;onclick=alert(1)"),
        ("https://x.example/<script>", "https://x.example/", "&lt;script&gt;"),
    ],
)
def test_web_addresses_become_links(text: str, url: str, rest: str) -> None:
    assert prose(text) == f'<p><a href="{url}" rel="nofollow noopener">{url}</a>{rest}</p>'


PIECES = [*"<>\"'&#)a ", "#1", "http://", "https://x", "\n", "\n\n"]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))
def test_nothing_that_is_written_becomes_markup(text: str) -> None:
    html = str(prose(text))
    for ours in ("<p>", "</p>", "<br>", "</a>", ' rel="nofollow noopener"'):
        html = html.replace(ours, "")
    while (start := html.find('<a href="')) >= 0:
        end = html.index(">", start)
        target = html[start + 9 : end].removesuffix('"')
        assert target.lower().startswith(("http://", "https://", "/conversations/"))
        assert not set(target) & set("\"'<> ")
        html = html[:start] + html[end + 1 :]
    assert not set(html) & set("<>\"'")
