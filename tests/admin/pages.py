"""Addresses of the admin, what its pages show, and forms sent back as they were shown."""

import html
import re
from typing import Any

from django.db.models import Model
from django.forms import BaseForm
from django.test import Client
from django.urls import reverse


def address(thing: Model | type[Model], page: str = "") -> str:
    """Of a record's page (change, delete, history), or of a model's (changelist, add)."""
    one = isinstance(thing, Model)
    page = page or ("change" if one else "changelist")
    name = f"admin:{thing._meta.app_label}_{thing._meta.model_name}_{page}"
    return reverse(name, args=[thing.pk] if one else [])


def save(client: Client, url: str, **changes: Any) -> Any:
    """Open the form, change these fields, send it."""
    shown = client.get(url)
    sent = fields(shown.context["adminform"].form)
    for inline in shown.context["inline_admin_formsets"]:
        for form in [inline.formset.management_form, *inline.formset.forms]:
            sent |= fields(form)
    return client.post(url, sent | changes)


def fields(form: BaseForm) -> dict[str, Any]:
    values = {field.html_name: field.value() for field in form if not field.field.disabled}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def errors(response: Any) -> dict[str, list[str]]:
    """What the form said; the page that refuses something is a page, not an error."""
    assert response.status_code == 200
    return response.context["adminform"].form.errors


def rows_of(response: Any, table: str = 'class="example"') -> list[list[str]]:
    """The text of the cells of the first table after `table`, without its head."""
    page = response.content.decode()
    body = page[page.index("<tbody>", page.index(table)) : page.index("</tbody>", page.index(table))]
    return [
        [" ".join(text(cell).split()) for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]


def text(markup: str) -> str:
    return html.unescape(re.sub(r"<.*?>", "", markup, flags=re.DOTALL))
