"""The admin wears the stylesheet of the application; Django's own lies beneath it."""

import re
from pathlib import Path

from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"


def test_the_stylesheet_of_the_application_comes_first_and_the_admins_own_last(as_admin):
    for url in ("/admin/", "/admin/billing/billingtype/", "/admin/billing/billingtype/add/"):
        sheets = re.findall(r'rel="stylesheet" href="/static/(.*?)"', as_admin.get(url).content.decode())
        assert (sheets[0], sheets[-1]) == ("css/app.css", "css/admin.css")
        # In no layer, these would win over ours.
        assert not {"admin/css/base.css", "admin/css/dark_mode.css", "admin/css/responsive.css"} & {*sheets}


def test_djangos_base_lies_in_a_layer_beneath_ours():
    layers = re.search(r"@layer (.*?);", (CSS / "app.css").read_text())
    assert layers
    assert layers[1].split(", ")[0] == "django"
    assert 'url("../admin/css/base.css") layer(django.base)' in (CSS / "admin.css").read_text()


def test_every_colour_is_one_of_the_tokens():
    own = set(re.findall(r":[^;{}]*?(#[0-9a-f]{3,8})\b", (CSS / "admin.css").read_text()))
    # White on the accent, nothing, and the half tone of an underline.
    assert own <= {"#fff", "#000", "#0000", "#8888"}


def test_every_token_is_one_of_the_application():
    application, admin = ((CSS / name).read_text() for name in ("app.css", "admin.css"))
    known = set(re.findall(r"(--[\w-]+):", application)) | set(re.findall(r"(--[\w-]+):", admin))
    assert set(re.findall(r"var\((--[\w-]+)", admin)) <= known


def test_the_one_theme_switch_is_that_of_the_application(as_admin):
    page = as_admin.get("/admin/").content.decode()
    assert 'src="/static/js/theme.js"' in page
    assert "data-theme-switch" in page
    assert "admin/js/theme.js" not in page
