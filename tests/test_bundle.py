"""One file of the modules in static/js."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from config import bundle


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "js"
    folder.mkdir()
    monkeypatch.setattr(bundle, "SOURCE", folder)
    monkeypatch.setattr(bundle, "FOLDER", tmp_path / "made")
    return folder


@pytest.mark.parametrize("name", ["js/stint.js", "js/records.js"])
def test_static_files_have_it(name: str) -> None:
    assert finders.find(name) == str(bundle.FOLDER / name)


def test_what_few_pages_need_stands_in_a_file_of_its_own(source: Path) -> None:
    (source / "records").mkdir()
    (source / "records" / "print.js").write_text("print();\n")
    (source / "clock.js").write_text("tick();\n")
    assert "print" not in bundle.bundle("js/stint.js").read_text()
    assert "print" in bundle.bundle("js/records.js").read_text()


def test_it_holds_every_module_but_the_one_that_runs_first(source: Path) -> None:
    for name in ("clock", "theme", "thread"):
        (source / f"{name}.js").write_text(f"const made = '{name}';\n")
    text = bundle.bundle("js/stint.js").read_text()
    assert re.findall(r"made = '(\w+)'", text) == ["clock", "thread"]


def test_it_is_made_anew_when_a_module_changes(source: Path) -> None:
    (source / "clock.js").write_text("tick();\n")
    bundle.bundle("js/stint.js")
    (source / "clock.js").write_text("tock();\n")
    assert "tock" in bundle.bundle("js/stint.js").read_text()


def test_comments_stay_behind_and_addresses_do_not(source: Path) -> None:
    (source / "clock.js").write_text('// Ticks.\nconst here = "https://stint.example";\n  // Why.\ntick();\n')
    text = bundle.bundle("js/stint.js").read_text()
    assert "Ticks" not in text
    assert "Why" not in text
    assert '"https://stint.example"' in text


def test_no_module_imports_or_exports() -> None:
    for module in [*bundle.modules("js/stint.js"), *bundle.modules("js/records.js")]:
        assert not re.search(r"^(import|export)\b", module.read_text(), re.MULTILINE), module.name
