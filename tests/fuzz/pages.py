"""What a page offers to send, and whether it is a page at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    # Of icons, which are closed where they are opened.
    "circle", "ellipse", "line", "path", "polygon", "polyline", "rect", "use",
}  # fmt: skip
#: What HTML lets go without an end.
MAY_STAY_OPEN = {"p", "li", "option", "tr", "td", "th", "tbody", "thead", "tfoot", "dt", "dd", "html", "body"}


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    #: As the page fills it in; None where nothing would be sent, as of an empty checkbox.
    value: str | None
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """Something to send: a form, one of its buttons, or an element that htmx sends by itself."""

    action: str
    method: str
    fields: tuple[Field, ...]
    page: str
    by_htmx: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted({each.name for each in self.fields}))


@dataclass
class Draft:
    action: str
    method: str
    key: str = ""
    fields: list[Field] = field(default_factory=list)
    #: Other places that its buttons, or elements in it, send it to: method, address, whether by htmx.
    others: list[tuple[str, str, bool]] = field(default_factory=list)


class Page(HTMLParser):
    """Forms, links, and `flaws`: ends without a beginning, and the other way round."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.links: list[str] = []
        self.flaws: list[str] = []
        self._drafts: list[Draft] = []
        self._open: list[Draft] = []
        self._loose: list[tuple[str, Field]] = []
        #: Controls in no form, which htmx includes.
        self._outside: list[Field] = []
        self._elements: list[str] = []
        self._select: Field | None = None
        self._option: str | None = None
        self._textarea: Field | None = None
        self._written = ""
        self._form_key = ""
        self.feed(text)
        self.close()
        self.flaws += [f"<{tag}> is not closed" for tag in self._elements if tag not in MAY_STAY_OPEN]

    @property
    def forms(self) -> list[Form]:
        made = []
        by_key = {draft.key: draft for draft in self._drafts if draft.key}
        for key, loose in self._loose:
            if key in by_key:
                by_key[key].fields.append(loose)
        for draft in self._drafts:
            form = Form(self._path(draft.action), draft.method, tuple(draft.fields), self.address)
            made.append(form)
            for method, action, by_htmx in draft.others:
                fields = (*form.fields, *self._outside) if by_htmx else form.fields
                made.append(
                    replace(form, action=self._path(action), method=method, fields=fields, by_htmx=by_htmx)
                )
        return [form for form in made + self._links_with_questions() if form.action]

    def _links_with_questions(self) -> list[Form]:
        """Links that ask for something, as filters and pages do: forms that are filled in."""
        found = []
        for path, _, query in (link.partition("?") for link in self.links):
            pairs = parse_qsl(query, keep_blank_values=True)
            if path and pairs:
                fields = tuple(Field(name, "hidden", value) for name, value in pairs)
                found.append(Form(path, "GET", fields, self.address))
        return found

    def _path(self, action: str) -> str:
        whole = urlsplit(urljoin("http://localhost" + self.address, action))
        if whole.netloc != "localhost":
            return ""
        return whole.path + (f"?{whole.query}" if whole.query else "")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag not in VOID:
            self._elements.append(tag)
        if tag == "a" and "href" in given:
            self.links.append(self._path(given["href"]))
        if tag == "form":
            method = given.get("method", "get").upper()
            draft = Draft(given.get("action", ""), method, given.get("id", ""))
            self._drafts.append(draft)
            self._open.append(draft)
        self._control(tag, given)
        for method in ("get", "post"):
            if address := given.get(f"hx-{method}"):
                draft = self._open[-1] if self._open else self._lone()
                draft.others.append((method.upper(), address, True))

    def _lone(self) -> Draft:
        draft = Draft("https://nowhere.example/", "GET")
        self._drafts.append(draft)
        return draft

    def _control(self, tag: str, given: dict[str, str]) -> None:
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "text")
        if tag == "option" and self._select:
            self._end_option()
            self._option = given.get("value")
            self._written = ""
            if "selected" in given:
                self._select = replace(self._select, value=given.get("value", ""))
            return
        self._form_key = given.get("form", "") if tag in ("input", "select", "textarea", "button") else ""
        if tag == "button" and (action := given.get("formaction")) and self._open:
            self._open[-1].others.append(
                (given.get("formmethod", self._open[-1].method).upper(), action, False)
            )
        if not name or tag not in ("input", "select", "textarea", "button"):
            return
        if tag == "select":
            self._select = Field(name, "select", "")
        elif tag == "textarea":
            self._textarea, self._written = Field(name, "textarea", ""), ""
        elif kind in ("checkbox", "radio"):
            shown = (value or "on") if "checked" in given else None
            self._keep(Field(name, kind, shown, (value or "on",)))
        elif tag == "button" or kind in ("submit", "image"):
            self._keep(Field(name, "button", None, (value,)))
        else:
            self._keep(Field(name, kind, value))

    def _end_option(self) -> None:
        if self._select and self._option is not None:
            self._select = replace(self._select, options=(*self._select.options, self._option))
        self._option = None

    def _keep(self, kept: Field) -> None:
        if self._form_key:
            self._loose.append((self._form_key, kept))
        elif self._open:
            self._open[-1].fields.append(kept)
        else:
            self._outside.append(kept)

    def handle_data(self, text: str) -> None:
        if self._textarea:
            self._written += text

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            self._keep(replace(self._textarea, value=self._written))
            self._textarea = None
        elif tag == "select" and self._select:
            self._end_option()
            first = self._select.options[0] if self._select.options else None
            self._keep(replace(self._select, value=self._select.value or first))
            self._select = None
        elif tag == "form" and self._open:
            self._open.pop()
        if tag in VOID:
            return
        while self._elements and self._elements[-1] != tag and self._elements[-1] in MAY_STAY_OPEN - {tag}:
            self._elements.pop()
        if self._elements and self._elements[-1] == tag:
            self._elements.pop()
        elif tag not in MAY_STAY_OPEN:
            self.flaws.append(f"</{tag}> in line {self.getpos()[0]} has no beginning")
