"""What pages load of static/: one file of small modules, and everything as short as it can be said."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from config import bundle


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of scripts of a project that has none yet."""
    monkeypatch.setattr(bundle, "SOURCE", tmp_path / "static")
    monkeypatch.setattr(bundle, "FOLDER", tmp_path / "made")
    folder = tmp_path / "static" / "js"
    for each in (folder / "records", folder / "later", tmp_path / "static" / "css"):
        each.mkdir(parents=True)
    return folder


def text(name: str) -> str:
    return bundle.made(name).read_text()


@pytest.mark.parametrize(
    "name", ["js/stint.js", "js/records.js", "js/theme.js", "js/later/keys.js", "css/app.css"]
)
def test_static_files_have_it(name: str) -> None:
    assert finders.find(name) == str(bundle.FOLDER / name)


@pytest.mark.parametrize("name", ["css/app.css", "img/favicon-none.svg"])
def test_it_is_found_in_one_place(name: str) -> None:
    assert finders.find(name, find_all=True) == [finders.find(name)]


def test_a_picture_is_taken_as_it_is() -> None:
    assert finders.find("img/favicon-none.svg") == str(bundle.SOURCE / "img" / "favicon-none.svg")


@pytest.mark.parametrize("name", ["js/nowhere.js", "js/later/../../../manage.py", "../static/js/theme.js"])
def test_what_is_not_there_is_not_made(name: str) -> None:
    assert name not in bundle.names()


def test_what_is_not_there_is_not_found() -> None:
    assert finders.find("js/nowhere.js") is None
    assert finders.find("js/nowhere.js", find_all=True) == []


def test_every_file_is_collected_once() -> None:
    collected = [path for path, _ in bundle.BundleFinder().list([])]
    assert len(collected) == len(set(collected))
    assert {"js/stint.js", "js/theme.js", "css/app.css", "img/favicon-none.svg"} <= set(collected)


def test_modules_are_not_collected_beside_the_file_that_they_are_in() -> None:
    collected = {path for path, _ in bundle.BundleFinder().list([])}
    assert not collected & {"js/clock.js", "js/records/print.js"}


def test_what_few_pages_need_stands_in_a_file_of_its_own(source: Path) -> None:
    (source / "records" / "print.js").write_text("print();\n")
    (source / "clock.js").write_text("tick();\n")
    assert "print" not in text("js/stint.js")
    assert "print" in text("js/records.js")


def test_it_holds_every_module_but_the_one_that_runs_first(source: Path) -> None:
    for name in ("clock", "theme", "thread"):
        (source / f"{name}.js").write_text(f"made('{name}');\n")
    assert re.findall(r"made\(\"(\w+)\"\)", text("js/stint.js")) == ["clock", "thread"]


def test_each_module_keeps_its_names_to_itself(source: Path) -> None:
    for name in ("clock", "thread"):
        (source / f"{name}.js").write_text(f"const name = document.{name};\nshow(name, name);\n")
    assert re.fullmatch(
        r"\{const (\w+)=document\.clock;show\(\1,\1\)\}\{const (\w+)=document\.thread;show\(\2,\2\)\}",
        text("js/stint.js"),
    )


@pytest.mark.parametrize("name", ["js/stint.js", "js/later/clock.js", "css/clock.css"])
def test_it_is_made_anew_when_its_source_changes(source: Path, name: str) -> None:
    path = source / "clock.js" if name == "js/stint.js" else source.parent / name
    for word in ("tick", "tock"):
        path.write_text(f".{word} {{ color: red }}" if name.endswith(".css") else f"{word}();")
        assert word in text(name)


def test_what_reads_a_file_while_it_is_made_anew_reads_the_whole_of_it(source: Path) -> None:
    (source / "clock.js").write_text("tick();")
    with bundle.made("js/stint.js").open() as reading:
        (source / "clock.js").write_text("tock();")
        bundle.made("js/stint.js")
        assert reading.read() == "tick()"
    assert [path.name for path in bundle.FOLDER.rglob("*.*")] == ["stint.js"]


def test_comments_stay_behind_and_addresses_do_not(source: Path) -> None:
    (source / "clock.js").write_text('// Ticks.\nset("https://stint.example");\n  // Why.\ntick();\n')
    assert text("js/stint.js") == 'set("https://stint.example"),tick()'


def test_a_stylesheet_keeps_the_blanks_that_say_something(source: Path) -> None:
    (source.parent / "css" / "app.css").write_text(
        "/* Look. */\n.group {\n  .label :is(b) { margin: calc(1px + var(--gap)) }\n}\n"
    )
    assert text("css/app.css") == ".group{.label :is(b){margin:calc(1px + var(--gap))}}"


def test_no_module_imports_or_exports() -> None:
    for module in [*bundle.modules("js/stint.js"), *bundle.modules("js/records.js")]:
        assert not re.search(r"^(import|export)\b", module.read_text(), re.MULTILINE), module.name
