"""The arrays that the parts of the map pass to each other."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
"""Vectors, positions or weights."""

Rows: TypeAlias = NDArray[np.int32]
"""Row numbers of another array."""
