"""Optional libraries: imported when they are needed, and named with their extra when they are not there."""

from __future__ import annotations

import importlib
from typing import Any

from .errors import MissingExtraError


def optional(module: str, extra: str) -> Any:
    """The module. Raises `MissingExtraError` saying which extra brings it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        name = module.split(".")[0]
        raise MissingExtraError(
            f"{name} is not installed: pip install './clients/python[{extra}]'", name=name
        ) from error
