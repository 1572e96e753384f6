"""What is in the memory of this process stays out of any file, should it crash."""

import sys

_NO_FAULT_BOX, _NO_HEAP = 2, 1  # to Windows' error reporting, for this process alone: errhandlingapi.h and werapi.h


def no_core_dumps() -> None:
    """Has the system write no core file of this process from here on; what macOS writes by itself holds none of its memory."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  # only there

        kernel = ctypes.windll.kernel32
        kernel.SetErrorMode(kernel.GetErrorMode() | _NO_FAULT_BOX)
        kernel.WerSetFlags(_NO_HEAP)
        return
    import resource as limits  # noqa: PLC0415  # not on Windows

    limits.setrlimit(limits.RLIMIT_CORE, (0, limits.getrlimit(limits.RLIMIT_CORE)[1]))
