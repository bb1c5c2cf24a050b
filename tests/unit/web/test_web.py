"""The dashboard's own checks: types, and its tests in Node."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
@pytest.mark.parametrize("script", ["check", "test"])
def test_the_dashboards_own_checks_pass(script: str) -> None:
    sys.path.insert(0, str(ROOT))
    try:
        from hatch_build import _node
    finally:
        sys.path.pop(0)
    node, npm = _node()
    path = os.pathsep.join([str(node.parent), os.environ["PATH"]])
    done = subprocess.run(
        [str(node), str(npm), "run", script],
        cwd=ROOT / "web",
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
