"""What is seen: PySide6, thin."""

import ctypes
import sys

if sys.version_info < (3, 12):
    # PySide6 6.12.0 is compiled for Pythons whose None, True and False are not counted (3.12 and later). On 3.11 each of its calls
    # that returns nothing takes a reference of None away, until none is left after a few thousand and Python aborts
    # ("none_dealloc: deallocating None"). A store that never runs out stands in for the missing immortality.
    for _constant in (None, True, False, NotImplemented):
        ctypes.c_ssize_t.from_address(id(_constant)).value += sys.maxsize // 4
