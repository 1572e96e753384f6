"""Where the program's own files lie: in the checkout, in the wheel and in the bundle."""

from pathlib import Path

_INSTALLED = Path(__file__).parent / "_resources"
ROOT = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parent.parent / "resources"


def resource(*parts: str) -> Path:
    """The path of a file or folder under `resources/`."""
    return ROOT.joinpath(*parts)
