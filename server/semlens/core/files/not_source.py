"""Names of files and folders without source: folders of tools, lock files, and files that are not text.

A negated rule in `.semlensignore` lets each of them in.
"""

from __future__ import annotations

REPOSITORY_FOLDERS = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "_darcs", "CVS", ".sl"})
"""A version control system's own data."""

TOOL_FOLDERS = frozenset({
    "node_modules", "bower_components", "jspm_packages", ".pnpm-store", ".yarn", ".npm",
    ".venv", "__pycache__", "__pypackages__", "site-packages", ".tox", ".nox", ".eggs",
    ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints", ".pytype",
    ".gradle", ".m2", ".ivy2", ".bundle", ".stack-work", ".dart_tool", ".pub-cache",
    ".next", ".nuxt", ".svelte-kit", ".angular", ".parcel-cache", ".turbo", ".vite", ".cache",
    ".nyc_output", ".terraform", ".terragrunt-cache", ".serverless", ".aws-sam",
    ".vs", ".idea", ".fleet", ".history", ".vscode-test", ".vscode-server",
    "deriveddata", "xcuserdata", ".build", "elm-stuff", ".ccls-cache", ".clangd",
})  # fmt: skip
"""Folders in which tools keep caches, dependencies and state beside the code, in lower case."""

LOCK_FILES = frozenset({
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
    "deno.lock", "poetry.lock", "pdm.lock", "uv.lock", "pipfile.lock", "pixi.lock", "conda-lock.yml",
    "cargo.lock", "go.sum", "go.work.sum", "gemfile.lock", "composer.lock", "mix.lock", "rebar.lock",
    "pubspec.lock", "podfile.lock", "package.resolved", "cartfile.resolved", "packages.lock.json",
    "project.assets.json", "paket.lock", "gradle.lockfile", "buildscript-gradle.lockfile", "flake.lock",
    "conan.lock", "vcpkg-lock.json", ".terraform.lock.hcl", "stack.yaml.lock", "cabal.project.freeze",
    "module.bazel.lock", "manifest.toml.lock",
})  # fmt: skip
"""Names of files that package managers write, in lower case: versions and checksums."""

_IMAGES = (
    "png jpg jpeg gif bmp ico icns webp avif heic heif tif tiff psd ai eps svg svgz xcf sketch dds tga exr "
    "ktx ktx2 cur"
)
_MEDIA = "mp3 mp4 m4a m4v wav flac ogg oga ogv opus aac wma webm avi mov mkv wmv flv mpg mpeg midi aiff"
_FONTS = "ttf otf woff woff2 eot pfb pfm fon"
_ARCHIVES = (
    "zip gz tgz bz2 tbz2 xz txz 7z rar tar zst lz4 lzma br iso dmg rpm apk ipa jar war aar whl egg nupkg "
    "vsix xpi gem crate msi appimage deb cab crx ear lz"
)
_PROGRAMS = "exe dll so dylib o ko pyc pyo pyd wasm rlib rmeta beam pdb dsym ilk idb nib gch pch dex odex"
_DOCUMENTS = "pdf docx xls xlsx xlsm ppt pptx odt ods odp odg rtf epub mobi djvu dvi xmind"
_DATA = (
    "sqlite sqlite3 db3 mdb accdb dbf parquet feather avro h5 hdf5 hdf npy npz pickle joblib rdata "
    "sas7bdat sav dta rds arrow ckpt csv tsv jsonl ndjson geojson shp shx gpkg mbtiles tfrecord onnx "
    "safetensors gguf ggml tflite h5ad bak swp swo tmp temp log snap code-search semlens-search"
)
_MODELS = "fbx glb gltf blend dae iges dwg dxf unity prefab uasset umap"

NOT_SOURCE_EXTENSIONS = frozenset(
    " ".join((_IMAGES, _MEDIA, _FONTS, _ARCHIVES, _PROGRAMS, _DOCUMENTS, _DATA, _MODELS)).split()
)
"""Extensions of files without source, in lower case and without the dot.

An extension that a language has too is not here: a binary file is refused for its content, and a text by
the rules of `data_files`. Images, tables, logs and copies are texts that nobody searches for code.
"""

MINIFIED_SUFFIXES = (".min.js", ".min.css", ".min.mjs", ".min.cjs", "-min.js", ".bundle.js", ".chunk.js")
"""Endings of minified files, if the text is as they say."""


def is_tool_folder(name: str) -> bool:
    """Whether a folder of this name is one of `TOOL_FOLDERS`."""
    return name.lower() in TOOL_FOLDERS


def extension_of(name: str) -> str:
    """The last extension of a file name, in lower case and without the dot; "" if it has none."""
    return name.rpartition(".")[2].lower() if "." in name[1:] else ""
