"""Measure the semantic map: how true it is beside principal components, how long it takes, how still it is.

    python scripts/bench_map.py REPOSITORIES [--only NAME …] [--peer]

REPOSITORIES is a folder of repositories. Trustworthiness is scikit-learn's: from 0 to 1, how far neighbours
on the map are neighbours by meaning. `--peer` lays out the same vectors with scikit-learn's t-SNE too. One
file is edited: everything else must stay where it was. A map that is another one when it is made again, or
does not stay still, fails the run.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.map.definitions import best_tier, vectors_of
from semlens.core.map.layout import principal_components
from semlens.core.map.messages import LayOut, Place
from semlens.core.map.neighbours import unit
from semlens.core.map.picture import Picture, make_picture
from semlens.core.map.positions import FILE, read_positions
from semlens.core.map.process import ask_positions
from semlens.core.map.types import Floats
from semlens.settings import Settings
from semlens.types import CancelToken
from speed.in_process import in_process
from speed.machine import describe_machine

JUDGED = 4_000
"""Points whose trustworthiness is worked out: it takes the square of them."""
NEIGHBOURS = 10
COLUMNS = "repository points clusters trust PCA t-SNE first again same still"


@dataclass(frozen=True)
class Maps:
    """The maps of one folder, made as the engine makes them."""

    index: FolderIndex
    data_dir: Path

    def make(self) -> tuple[Picture, float]:
        """The map, and the seconds that it took."""
        started = time.perf_counter()
        return make_picture(self.index, self._ask), time.perf_counter() - started

    def forget(self) -> None:
        (self.index.directory / FILE).unlink()

    def _ask(self, request: LayOut | Place) -> Floats:
        return ask_positions(request, self.data_dir, CancelToken())


def measure(root: Path, scratch: Path, peer: bool) -> bool:
    """Print the figures of one repository; whether its map is the same again and stays still."""
    copy = scratch / root.name
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".git"))
    data_dir = scratch / f"{root.name}-data"
    with in_process(data_dir) as indexes:
        index, _ = indexes.index(copy)
        maps = Maps(index, data_dir)
        picture, first = maps.make()
        _, again = maps.make()
        maps.forget()
        same = np.array_equal(maps.make()[0].positions, picture.positions)
        trust, principal, other = trustworthiness(index, picture, peer)
        still = stays_still(maps, copy, picture)
        index.close()
    print(
        f"{root.name:18} {len(picture.chunks):7,} {len(picture.clusters):8} {trust:8.4f} {principal:8.4f} "
        f"{other:>14} {first:7.1f} s {again:7.2f} s {same!s:>6} {still!s:>6}",
        flush=True,
    )
    return same and still


def trustworthiness(index: FolderIndex, picture: Picture, peer: bool) -> tuple[float, float, str]:
    """Of the map, of principal components, and of scikit-learn's t-SNE with its seconds."""
    from sklearn.manifold import TSNE
    from sklearn.manifold import trustworthiness as trust

    places = read_positions(index.directory)
    hashes = sorted({chunk.content_hash for chunk in picture.chunks})
    vectors = unit(vectors_of(index, hashes, best_tier(index, hashes)))
    rows = np.random.default_rng(0).permutation(len(hashes))[:JUDGED]
    principal = principal_components(vectors)
    found = [
        float(trust(vectors[rows], positions[rows], n_neighbors=NEIGHBOURS))
        for positions in (places.of(hashes), principal)
    ]
    if not peer:
        return found[0], found[1], "-"
    started = time.perf_counter()
    other = TSNE(init="pca", random_state=0).fit_transform(vectors)
    seconds = time.perf_counter() - started
    value = trust(vectors[rows], other[rows], n_neighbors=NEIGHBOURS)
    return found[0], found[1], f"{value:.4f} {seconds:.0f} s"


def stays_still(maps: Maps, root: Path, before: Picture) -> bool:
    """Whether everything else stays where it was when a file is edited."""
    edited = before.chunks[len(before.chunks) // 2].path
    file = root / edited
    file.write_bytes(file.read_bytes().replace(b"e", b"ee"))
    known = read_positions(maps.index.directory).places
    reconcile(maps.index, Membership(root, Settings()), CancelToken())
    after, _ = maps.make()
    now = read_positions(maps.index.directory).places
    return all(
        now[chunk.content_hash] == known[chunk.content_hash]
        for chunk in after.chunks
        if chunk.content_hash in known
    ) and any(chunk.content_hash not in known for chunk in after.chunks)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repositories", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--peer", action="store_true", help="lay out with scikit-learn's t-SNE, too")
    arguments = parser.parse_args()
    roots = [root for root in sorted(arguments.repositories.iterdir()) if root.is_dir()]
    print(describe_machine())
    print(COLUMNS)
    sound = True
    with tempfile.TemporaryDirectory(prefix="semlens-map-") as scratch:
        for root in roots:
            if not arguments.only or root.name in arguments.only:
                sound = measure(root, Path(scratch), arguments.peer) and sound
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
