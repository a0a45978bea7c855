"""Where the project's own files are, for tests and benchmarks."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
EXAMPLES = ROOT / "resources" / "examples"
MAIN = ROOT / "desktop" / "__main__.py"
