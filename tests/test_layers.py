"""Imports go one way: workspaces ← conversations ← billing ← timers, and models ← forms ← views ← urls."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ["workspaces", "conversations", "billing", "timers"]
#: Nothing leads to a module of a higher level: a form knows no view.
LEVELS = {"models": 0, "forms": 1, "views": 2, "admin": 2, "urls": 3}
#: The edge of the program, above every app; only an app's urls may take its path converters.
OUTSIDE = ["config", "tests", "bench"]


def sources(app: str) -> list[Path]:
    return [path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> Iterator[str]:
    """Every module or name that a file imports, at its top or inside a function, absolute or relative."""
    package = list(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__", "get_model"):
            yield from (str(part.value) for part in node.args if isinstance(part, ast.Constant))


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def file_of(module: str) -> Path | None:
    """The file of a module, or of the module that a name is in; None outside the apps."""
    parts = module.split(".")
    while parts and parts[0] in APPS:
        for path in (ROOT.joinpath(*parts).with_suffix(".py"), ROOT.joinpath(*parts, "__init__.py")):
            if path.exists():
                return path
        parts.pop()
    return None


def levels(path: Path) -> list[int]:
    """How far up in its app a file is, review_forms as forms; empty for those that may serve any level."""
    words = [part.rpartition("_")[2] for part in name_of(path).split(".")[1:2]]
    return [LEVELS[word] for word in words if word in LEVELS]


def reached(path: Path) -> set[Path]:
    """Every file of the apps that importing this one may lead to."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        for module in imported(waiting.pop()):
            file = file_of(module)
            if file and file not in found:
                found.add(file)
                waiting.append(file)
    return found


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_nothing_of_those_above_it(app):
    above = APPS[APPS.index(app) + 1 :]
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in sources(app)
        for module in imported(path)
        if module.split(".")[0] in above
    ]
    assert wrong == []


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_nothing_from_outside_the_apps(app):
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in sources(app)
        for module in imported(path)
        if module.split(".")[0] in OUTSIDE and not (path.name == "urls.py" and "converters" in module)
    ]
    assert wrong == []


@pytest.mark.parametrize("app", APPS)
def test_inside_an_app_models_come_before_forms_before_views_before_urls(app):
    wrong = [
        f"{name_of(path)} leads to {name_of(other)}"
        for path in sources(app)
        for other in reached(path)
        if levels(path) and levels(other) > levels(path)
    ]
    assert wrong == []


def test_the_settings_import_no_app():
    assert not [name for name in imported(ROOT / "config" / "settings.py") if name.split(".")[0] in APPS]


def test_imports_are_found_wherever_they_stand(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "billing" / "views" / "entries.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "import timers.models\n"
        "def view():\n"
        "    from timers import board\n"
        "    from . import review\n"
        "    from ..models import entry as kept\n"
        "    import_module('timers.views')\n"
        "    apps.get_model('timers', 'Timer')\n"
    )
    assert list(imported(path)) == [
        "timers.models",
        "timers.board",
        "billing.views.review",
        "billing.models.entry",
        "timers.views",
        "timers",
        "Timer",
    ]
