"""What is installed: one package, which lives with whatever else its user has."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ARTICLE = """date 2026-03-02
TARVO (dpa) - "Der Damm hält, und niemand muss fort", sagte Ministerin Ortrud Falkenhain.
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel as it is built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """A virtual environment with the wheel, and this one's libraries but for Wortlaut itself."""
    folder = tmp_path_factory.mktemp("user") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    # A path file names a folder without running the path files in it: no editable install.
    own = next((folder / "lib").glob("python3*/site-packages"))
    (own / "libraries.pth").write_text("\n".join(libraries) + "\n", encoding="utf-8")
    pip(folder, "install", "--no-index", "--no-deps", wheel)
    return folder


def pip(environment: Path, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--python", environment / "bin" / "python"]
    quiet = ["--disable-pip-version-check", "-q"]
    done = subprocess.run([*command, *quiet, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def run(environment: Path, *arguments: str, folder: Path, data: Path) -> str:
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [environment / "bin" / "wortlaut", "--data", data, *arguments],
        capture_output=True, text=True, cwd=folder, env=settings,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_wheel(folder: Path, name: str) -> Path:
    """Somebody else's distribution whose package has the name."""
    path = folder / f"{name}-9.9-py3-none-any.whl"
    facts = f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9\n"
    kind = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {
        f"{name}/__init__.py": "theirs = True\n",
        f"{name}/config.py": "raise RuntimeError('not yours')\n",
        f"{name}-9.9.dist-info/METADATA": facts,
        f"{name}-9.9.dist-info/WHEEL": kind,
    }
    record = "".join(f"{file},,\n" for file in files) + f"{name}-9.9.dist-info/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        archive.writestr(f"{name}-9.9.dist-info/RECORD", record)
    return path


def test_the_wheel_puts_one_name_into_site_packages(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"wortlaut"}
    assert "wortlaut/py.typed" in names


def test_the_wheel_holds_every_module_and_table_of_the_checkout(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    kept = {
        f"wortlaut/{path.relative_to(ROOT)}"
        for package in ("index", "rag", "eval", "ui", "seeds/archive")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert kept <= names


def test_it_runs_beside_packages_of_the_names_of_its_folders(environment, tmp_path):
    others = [make_wheel(tmp_path, name) for name in ("rag", "eval", "ui", "index")]
    pip(environment, "install", "--no-index", *others)
    article = tmp_path / "ferry.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    said = run(environment, "statements", str(article), folder=tmp_path, data=tmp_path / "data")
    assert "Ortrud Falkenhain" in said
    pip(environment, "uninstall", "-y", "rag", "eval", "ui", "index")
    said = run(environment, "statements", str(article), folder=tmp_path, data=tmp_path / "data")
    assert "Ortrud Falkenhain" in said


def test_it_indexes_and_answers_in_a_folder_of_modules_of_those_names(environment, tmp_path):
    for name in ("eval.py", "index.py", "rag.py", "ui/__init__.py", "tests.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("raise RuntimeError('the user\\'s own')\n", encoding="utf-8")
    (tmp_path / "ferry.txt").write_text(ARTICLE, encoding="utf-8")
    data = tmp_path / "data"
    assert "1 added" in run(environment, "index", "ferry.txt", folder=tmp_path, data=data)
    answer = run(environment, "ask", "Was sagte Falkenhain?", folder=tmp_path, data=data)
    assert "Der Damm hält" in answer
    assert "retrieval" in run(environment, "eval", "--help", folder=tmp_path, data=data)


def test_its_samples_are_asked_without_an_archive_or_torch(environment, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    python = [environment / "bin" / "python", "-X", "importtime", environment / "bin" / "wortlaut"]
    question = ["ask", "--demo", "What did Lavrov say about guarantees?"]
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*python, *question],
        capture_output=True, text=True, cwd=tmp_path, env=settings,
    )  # fmt: skip
    assert "Lawrow" in done.stdout, done.stderr[-2000:]
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "onnxruntime" in imported
    assert not {"torch", "transformers", "sentence_transformers"} & imported
    assert [path.name[:5] for path in tmp_path.iterdir()] == ["cache"]


def test_it_is_imported_from_anywhere_and_never_by_a_bare_name(environment, tmp_path):
    code = (
        "import sys, wortlaut, wortlaut.rag.assembly, wortlaut.ui.words.page;"
        "wortlaut.statements('„Ja“, sagte Enno Wattmann.');"
        "print([name for name in ('index', 'rag', 'eval', 'ui') if name in sys.modules])"
    )
    python = environment / "bin" / "python"
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
