"""`glassmask site`: writes the built site, and says what is missing."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from glassmask.cli.app import app
from glassmask.server import static_site

pytestmark = pytest.mark.heavy


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a site of two files, and networks."""
    folder = tmp_path / "glassmask"
    (folder / "site" / "assets").mkdir(parents=True)
    for name in ("index.html", "sw.js", "assets/engine.wasm"):
        (folder / "site" / name).write_text(name)
    (folder / "site" / "sw.js").write_text("glassmask")
    (folder / "weights").mkdir()
    for name in static_site.NETWORKS:
        (folder / "weights" / f"{name}.onnx").write_bytes(b"network")
        (folder / "weights" / f"{name}.json").write_text('{"sha256": "0123456789abcdef"}')
    monkeypatch.setattr("importlib.resources.files", lambda _: folder)
    return folder


def run(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["site", *map(str, arguments)])
    return done.exit_code, done.output


def test_it_writes_the_site_with_its_networks(package: Path, tmp_path: Path) -> None:
    code, out = run(tmp_path / "out" / "www")
    assert (code, out.split(" in ")[0]) == (0, "6 files")
    assert (tmp_path / "out/www/networks/wear-0123456789ab.onnx").read_bytes() == b"network"
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["www"]


def test_an_earlier_site_is_replaced(package: Path, tmp_path: Path) -> None:
    run(tmp_path / "www")
    (tmp_path / "www" / "assets" / "old.js").touch()
    assert run(tmp_path / "www")[0] == 0
    assert not (tmp_path / "www" / "assets" / "old.js").exists()
    left = sorted(path.name for path in (tmp_path / "www").iterdir())
    assert left == ["assets", "index.html", "networks", "sw.js"]


def test_where_a_shell_stands(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "www").mkdir()
    monkeypatch.chdir(tmp_path / "www")
    assert run(".")[0] == 0
    assert Path("index.html").read_text() == "index.html"


def test_another_sites_worker_is_not_ours(package: Path, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    for name in ("index.html", "sw.js"):
        (tmp_path / "www" / name).write_text("of somebody else")
    assert run(tmp_path / "www")[0] == 2
    run(tmp_path / "own")
    (tmp_path / "own" / "CNAME").write_text("mask.example.org")
    assert run(tmp_path / "own")[0] == 2


def test_another_folder_is_left_alone(package: Path, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "diary.txt").write_text("mine")
    code, out = run(tmp_path / "www")
    assert code == 2
    assert "holds something else" in out
    assert [p.name for p in (tmp_path / "www").iterdir()] == ["diary.txt"]


def test_a_source_install_says_what_to_do(package: Path, tmp_path: Path) -> None:
    (package / "site" / "index.html").unlink()
    code, out = run(tmp_path / "www")
    assert code == 2
    assert "make site" in out
    assert not (tmp_path / "www").exists()


def test_it_needs_a_folder_or_serve(package: Path) -> None:
    code, out = run("--port", "0")
    assert code == 2
    assert "--serve" in out


def test_a_full_disk_leaves_nothing(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    code, out = run(tmp_path / "out" / "www")
    assert code == 2
    assert "No space left" in out
    assert not list((tmp_path / "out").iterdir())


def test_it_serves_with_the_policy(package: Path, tmp_path: Path) -> None:
    meta = """<meta http-equiv="Content-Security-Policy" content="default-src 'none'">"""
    (package / "site" / "index.html").write_text(meta)
    static_site.write_site(tmp_path / "www")
    with static_site.make_server(tmp_path / "www", 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/assets/engine.wasm"
        with urllib.request.urlopen(address) as answer:
            assert answer.headers["Content-Type"] == "application/wasm"
            for name, value in static_site.HEADERS.items():
                assert answer.headers[name] == value
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
        server.shutdown()


def test_the_help_names_its_argument_once_bracketed() -> None:
    usage = run("--help")[1]
    assert "[DIR]" in usage
    assert "[[DIR]]" not in usage
