"""Names of files and folders without source: folders of tools, lock files, and files that are not text.

A negated rule in `.semlensignore` lets folders of tools, lock files and minified files in.
"""

from __future__ import annotations

REPOSITORY_FOLDERS = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "_darcs", "CVS", ".sl"})
"""A version control system's own data. No rule lets these folders in."""

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
    "png jpg jpeg gif bmp ico icns cur webp avif heic heif tif tiff psd ai eps svg svgz xcf sketch fig "
    "raw dds tga exr hdr ktx ktx2"
)
_MEDIA = "mp3 mp4 m4a m4v wav flac ogg oga ogv opus aac wma webm avi mov mkv wmv flv mpg mpeg mid midi aiff"
_FONTS = "ttf otf woff woff2 eot pfb pfm fon"
_ARCHIVES = (
    "zip gz tgz bz2 tbz2 xz txz 7z rar tar zst lz lz4 lzma br cab iso dmg pkg deb rpm apk ipa jar war "
    "ear aar whl egg nupkg vsix xpi crx gem crate msi appimage snap"
)
_PROGRAMS = (
    "exe dll so dylib a lib o obj ko class pyc pyo pyd wasm bin elf out sys rlib rmeta beam pdb dsym "
    "ilk exp node nib gch pch idb dex odex hi"
)
_DOCUMENTS = "pdf doc docx xls xlsx xlsm ppt pptx odt ods odp odg rtf epub mobi djvu ps dvi xmind"
_DATA = (
    "db sqlite sqlite3 db3 mdb accdb dbf parquet feather arrow orc avro h5 hdf5 hdf nc mat npy npz pkl "
    "pickle joblib rds rdata sav dta sas7bdat csv tsv jsonl ndjson geojson shp shx gpkg mbtiles pbf "
    "tfrecord onnx pt pth ckpt safetensors gguf ggml tflite pb h5ad mo res resources dat dump bak swp "
    "swo tmp temp log map snap"
)
_MODELS = "stl obj3d fbx glb gltf blend 3ds max dae step stp iges dwg dxf unity prefab asset uasset umap"

NOT_SOURCE_EXTENSIONS = frozenset(
    " ".join((_IMAGES, _MEDIA, _FONTS, _ARCHIVES, _PROGRAMS, _DOCUMENTS, _DATA, _MODELS)).split()
)
"""Extensions of files without source, in lower case and without the dot."""

MINIFIED_SUFFIXES = (".min.js", ".min.css", ".min.mjs", ".min.cjs", "-min.js", ".bundle.js", ".chunk.js")


def is_tool_folder(name: str) -> bool:
    """Whether a folder of this name is one of `TOOL_FOLDERS`."""
    return name.lower() in TOOL_FOLDERS


def extension_of(name: str) -> str:
    """The last extension of a file name, in lower case and without the dot; "" if it has none."""
    return name.rpartition(".")[2].lower() if "." in name[1:] else ""
