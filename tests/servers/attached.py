"""Runs a command for as long as someone holds our stdin open, so that no server outlives its tests."""

import subprocess
import sys

if __name__ == "__main__":
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    try:
        sys.stdin.read()
    finally:
        process.kill()
        process.wait()
