"""A child that does as its requests say, for the tests of `semlens.process.child`.

`scripted_child.py TEXT` writes TEXT instead of the first answer and closes its stdout, but does not end.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

from semlens.errors import ModelError
from semlens.process.parent import Parent, Request
from semlens.process.pipes import Payload, claim_pipes, read_message


def main() -> None:
    if len(sys.argv) > 1:
        misbehave(sys.argv[1].encode())
    parent = Parent()
    while True:
        request = parent.next()
        if not parent.is_cancelled(request):
            _obey(parent, request)


def misbehave(noise: bytes) -> None:
    source, sink = claim_pipes()
    read_message(source)
    sink.write(noise)
    sink.close()
    time.sleep(60)


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
        case "hang":
            time.sleep(60)
        case "exit":
            os._exit(value)
        case "stop":
            os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    main()
