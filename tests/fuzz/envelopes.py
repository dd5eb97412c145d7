"""What nobody should send around a form: headers, cookies, and bodies that are no form at all."""

from __future__ import annotations

from tests.fuzz.nasties import LANGUAGES

#: Of headers, as WSGI gives them: text of one byte per character.
HEADERS: dict[str, list[str]] = {
    "HTTP_HX_REQUEST": ["true", "false", "1", "", "\xff", "tr\x01ue"],
    "HTTP_HX_BOOSTED": ["true", "x"],
    "HTTP_HX_HISTORY_RESTORE_REQUEST": ["true"],
    "HTTP_HX_CURRENT_URL": [
        "http://localhost/timers/",
        "http://localhost/billing/review/?state=approved&agent=abc&sort=x",
        "http://localhost/billing/review/?dates=range&since=9999-99-99&until=0000-00-00",
        "http://localhost/conversations/1/",
        f"http://localhost/conversations/{10**30}/",
        "http://localhost/conversations/%00/",
        "http://localhost/billing/1/?\x00",
        "http://evil.example/conversations/1/",
        "http://[::1",
        "http://localhost:x/",
        "http://localhost/%ff\xff",
        "javascript:alert(1)",
        "x" * 9000,
        "",
    ],
    "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": ["true", "\xff"],
    "HTTP_HX_TARGET": ["queue", "\xff", ""],
    "HTTP_HX_TRIGGER": ["timers-icon", "\x00", "<b id=x>"],
    "HTTP_HX_PROMPT": ["\xff\xfe"],
    "HTTP_REFERER": [
        "http://localhost/conversations/",
        "http://localhost/billing/review/?dates=range",
        "http://evil.example/",
        "http://[x",
        "http://localhost/\x00",
        "\xff\xff",
        "",
    ],
    "HTTP_ACCEPT_LANGUAGE": LANGUAGES,
    "HTTP_ACCEPT": ["text/html", "application/json", "*/*;q=x", "\xff"],
    "HTTP_ACCEPT_ENCODING": ["gzip", "gzip;q=0, br", "identity", "\xff"],
    "HTTP_X_FORWARDED_FOR": ["1.2.3.4", "::1, 9.9.9.9", "<b id=x>", "\x00", "x" * 4000, ","],
    "HTTP_X_FORWARDED_HOST": ["evil.example"],
    "HTTP_X_FORWARDED_PROTO": ["https", "\xff"],
    "HTTP_X_REQUESTED_WITH": ["XMLHttpRequest"],
    "HTTP_X_REQUEST_ID": ["x", "\r\nSet-Cookie: a=b", "<b id=x>", "z" * 5000],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE", "PUT"],
    "HTTP_X_CSRFTOKEN": ["", "x", "a" * 64, "\xff" * 64],
    "HTTP_ORIGIN": ["null", "http://evil.example", "http://localhost", "http://[", "\xff"],
    "HTTP_HOST": [
        "evil.example",
        "localhost:8000",
        "localhost:x",
        "[::1",
        "",
        "local_host",
        "localhost@evil",
        "\xff",
    ],
    "HTTP_USER_AGENT": ["", "x" * 3000, "<b id=x>", "\xff\x00", "Mozilla/5.0"],
    "HTTP_IF_MODIFIED_SINCE": ["x", "Fri, 27 Mar 9999 09:00:00 GMT", "Sun, 00 Jan 0000 00:00:00 GMT"],
    "HTTP_IF_NONE_MATCH": ["*", '"x"', "\xff"],
    "HTTP_RANGE": ["bytes=0-0", "bytes=9-1"],
    "HTTP_AUTHORIZATION": ["Basic x", "Bearer \xff"],
    "REMOTE_ADDR": ["", "999.1.1.1", "fe80::1%eth0", "unix:", "10.0.0.7"],
}
COOKIES: dict[str, list[str]] = {
    "sessionid": ["", "x", "a" * 32, "é" * 32, "\x00" * 32, "z" * 4000, "<b id=x>"],
    "csrftoken": ["", "x", "a" * 64, "\xff", "<b id=x>"],
    "django_language": ["de", "zz", "", "../../x", "en\x00", "\xff", "x" * 2000],
    "messages": ["", "x", "[]", "W10:x:y", '[["__json_message",0,25,"<b id=x>",""]]', "\xff"],
    "a b;c": ["x"],
}
#: Bodies that are no form at all, with what they say of themselves.
BODIES: list[tuple[str, bytes]] = [
    ("application/json", b'{"kind": "service"}'),
    ("application/json", b"{"),
    ("text/plain", b"kind=service"),
    ("", b"kind=service"),
    ("application/x-www-form-urlencoded", b"\xff\xfe=\xff&kind=%ff%fe&%00=%00"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"kind=service"),
    ("application/x-www-form-urlencoded; charset=nothing", b"kind=service"),
    ("application/x-www-form-urlencoded", b"&&&==&=x&kind&kind=&;"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % each for each in range(1200))),
    ("application/x-www-form-urlencoded", b"note=" + b"a" * 2_700_000),
    ("multipart/form-data", b"kind=service"),
    ("multipart/form-data; boundary=", b"--\r\n"),
    ("multipart/form-data; boundary=x\xff", b"--x\r\n"),
    *(
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: " + part)
        for part in (
            b'form-data; name="kind"\r\n\r\nservice',
            b'form-data; name="f"; filename="../x"\r\nContent-Type: text/html\r\n\r\n<b id=x>\r\n--b--\r\n',
            b"\xff\xff\r\n\r\nx\r\n--b--\r\n",
            b'form-data; name="note"\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n--b--\r\n',
        )
    ),
    ("multipart/form-data; boundary=b", b"\0" * 300),
]
