"""A child that does as its requests say, for the tests of `semlens.process.child`."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

from semlens.errors import ModelError
from semlens.process.parent import Parent, Request
from semlens.process.pipes import Payload


def main() -> None:
    parent = Parent()
    while True:
        request = parent.next()
        if not parent.is_cancelled(request):
            _obey(parent, request)


def _obey(parent: Parent, request: Request) -> None:
    value: Any = request.payload.value
    match request.method:
        case "echo":
            parent.answer(request, request.payload)
        case "refuse":
            parent.refuse(request, ModelError(value))
        case "count":
            for number in range(value):
                parent.report(request, number)
                time.sleep(0.05)
            parent.answer(request, Payload(value))
        case "print":
            print("noise")
            os.system("echo noise")
            os.write(1, b"noise")
            parent.answer(request, Payload(sys.stdin.readline()))
        case "noise":
            os.write(parent._sink.fileno(), b"Loading weights: 100%\n")
            time.sleep(60)
        case "close":
            parent._sink.close()
            time.sleep(60)
        case "hang":
            time.sleep(60)
        case "exit":
            os._exit(value)
        case "stop":
            os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    main()
