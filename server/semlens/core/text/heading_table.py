"""The languages that are read without a grammar: one entry each, and nothing but data.

Documents and some others are cut at their headings, the rest by lines. Perl is here because its grammar
loops for ever on some texts, in C, where nothing can stop it.
"""

from __future__ import annotations

from typing import Final

from semlens.core.text.language import Language

HEADING_KINDS: Final = {
    "function": "function",
    "procedure": "function",
    "sub": "function",
    "method": "method",
    "class": "class",
    "module": "module",
    "package": "module",
    "interface": "interface",
    "struct": "struct",
    "enum": "enum",
    "trait": "trait",
    "type": "type",
    "datatype": "type",
    "typedef": "type",
    "let": "function",
    "fun": "function",
    "mixin": "function",
    "func": "function",
    "actor": "class",
    "val": "function",
    "proc": "function",
    "fcn": "function",
    "external": "declaration",
    "submethod": "method",
    "token": "function",
    "rule": "function",
    "regex": "function",
    "role": "trait",
    "grammar": "class",
    "model": "class",
    "block": "class",
    "connector": "class",
    "record": "struct",
    "structure": "module",
    "functor": "module",
    "signature": "interface",
    "abstract": "class",
    "alias": "type",
    "annotation": "interface",
    "data": "type",
    "def": "function",
    "define": "constant",
    "equ": "constant",
    "fn": "function",
    "impl": "class",
    "inductive": "type",
    "lib": "module",
    "macro": "function",
    "mod": "module",
    "namespace": "module",
    "event": "declaration",
    "param": "constant",
    "primitive": "class",
    "property": "property",
    "set": "constant",
    "signal": "declaration",
    "union": "struct",
    "var": "constant",
    "constant": "constant",
    "const": "constant",
}
"""A heading's keyword → the kind of its symbol; all others are a `section`."""

_SLASHES: Final = r"//+!?"
_C_BLOCK: Final = ((r"/\*", r"\*/"),)
"""The block comments of C, and of all that took them over."""

_JAVA_MODIFIERS: Final = (
    "public|private|protected|static|final|abstract|synchronized|sealed|default|transient|native|strictfp"
)
_JAVA_TYPE: Final = (
    r"(?:void|int|long|short|byte|char|boolean|float|double|(?:[a-z]\w*\.)*[A-Z][\w.]*)"
    r"(?:<[^\n(]*>)?(?:\[\])*"
)
_CALLED: Final = r"(?:\w+|\"[^\"\n]+\"|'[^'\n]+')\s*\("
"""A name before its parameters."""

TEXTS: Final[tuple[Language, ...]] = (
    Language("markdown", (".md", ".markdown", ".mdx", ".mdown", ".rmd", ".qmd"), prose=True),
    Language("rst", (".rst", ".rest"), prose=True, aliases=("restructuredtext",)),
    Language(
        "asciidoc",
        (".adoc", ".asciidoc"),
        headings=r"(?P<level>={1,6})\s+(?P<name>\S.*)",
        prose=True,
        line_comment="//(?!/)",
    ),
    Language("org", (".org",), headings=r"(?P<level>\*+)\s+(?P<name>\S.*)", prose=True, line_comment=r"#\s"),
    Language(
        "latex",
        (".tex", ".ltx", ".sty"),
        headings=r"\s*\\(?:part|chapter|(?P<level>(?:sub)*)section)\*?\{(?P<name>[^}]+)\}",
        prose=True,
        line_comment="%",
    ),
    Language(
        "typst",
        (".typ",),
        headings=r"(?P<level>=+)\s+(?P<name>\S.*)",
        prose=True,
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language("jupyter", (".ipynb",), aliases=("notebook",)),
    Language(
        "sql",
        (".sql", ".ddl", ".psql", ".pgsql", ".plsql", ".pks", ".pkb", ".plb", ".tsql"),
        aliases=(
            "t-sql",
            "plpgsql",
            "mysql",
            "postgres",
            "postgresql",
            "sqlite",
        ),
        line_comment=r"--|#\s|(?i:rem\b)",
        block_comments=_C_BLOCK,
        between=r"(?i)\s*(?:drop\b|go\s*$|delimiter\b|set\s+(?:ansi_nulls|quoted_identifier)\b|use\b"
        r"|if\s+(?:not\s+)?(?:object_id|exists)\b|/\s*$)",
    ),
    Language(
        "graphql",
        (".graphql", ".gql", ".graphqls"),
        headings=r"\s*(?:extend\s+)?(?:type|input|enum|interface|union|scalar|query|mutation|subscription|fragment"
        r"|schema|directive)\s+@?(?P<name>\w+)",
        line_comment="#",
        block_comments=(('"""', '"""'), ('"', '"')),
        closing="}",
    ),
    Language(
        "groovy",
        (".groovy", ".gradle", ".gvy", ".nf"),
        filenames=("Jenkinsfile",),
        interpreters=("groovy",),
        headings=rf"(?P<level>[ \t]*)(?:@\w[\w.]*(?:\([^)\n]*\))?\s+)*(?:(?:{_JAVA_MODIFIERS})\s+)*"
        rf"(?:(?P<kind>class|interface|trait|enum|record)\s+|(?:<[^\n(]*>\s*)?(?:def|{_JAVA_TYPE})\s+(?={_CALLED})"
        rf"|(?<=\w\s)(?={_CALLED})|(?=[A-Z]\w*\s*\([^()\n]*\)\s*\{{))(?P<name>\w+|\"[^\"\n]+\"|'[^'\n]+')"
        r"|(?:(?:def|task|process|workflow)\s+|tasks\.(?:register|create)\(\s*[\"'])(?P<other>\w+)",
        heading_kind="function",
        aliases=("nextflow",),
        closing="}",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        between=r"\s*@[\w.]+(?:\(.*\))?\s*$",
    ),
    Language(
        "perl",
        (".pl", ".pm", ".t", ".psgi", ".plx", ".perl"),
        filenames=("cpanfile", "Makefile.PL", "Build.PL"),
        interpreters=("perl",),
        headings=r"\s*(?:package\s+(?:\w+::)*(?P<other>\w+)"
        r"|(?:async\s+|my\s+|our\s+)?(?P<kind>(?P<level>[sm])(?:ub|ethod))\s+(?P<name>[\w:']+))",
        heading_kind="module",
        closing="}",
        line_comment="#",
        block_comments=((r"(?<!.)=(?:pod|head\d|item|over|begin|for|encoding)\b", r"^=cut\b.*"),),
    ),
    Language(
        "toml",
        (".toml",),
        filenames=("Pipfile",),
        headings=r"\s*\[+\s*(?P<name>[^\[\]]+?)\s*\]+",
        line_comment="#",
    ),
    Language(
        "ini",
        (".ini", ".cfg", ".conf", ".properties", ".service", ".desktop", ".editorconfig"),
        filenames=(".gitconfig", ".npmrc", ".pylintrc", ".flake8", ".coveragerc"),
        headings=r"\[(?P<name>[^\]]+)\]",
        line_comment="[#;]",
    ),
    Language(
        "yaml",
        (".yaml", ".yml", ".clang-format", ".clang-tidy"),
        filenames=(".clangd",),
        headings=r"""(?P<name>[A-Za-z_][\w./-]*|"[^"\n]+"|'[^'\n]+')\s*:(?:\s|$)""",
        line_comment="#",
    ),
    Language(
        "make",
        (".mk", ".mak", ".make"),
        filenames=("Makefile", "makefile", "GNUmakefile"),
        interpreters=("make",),
        headings=r"(?:(?:define|export|override)\s+)*(?P<name>(?!\.[A-Z_]+\s*:)(?:[\w./%@-]|\$[({][\w.]+[)}])+)"
        r"(?:\s[^:=#]*)?::?(?![:=])|(?:override\s+)?define\s+(?P<other>[\w.-]+)",
        aliases=("makefile",),
        line_comment=r"#",
        between=r"\.[A-Z_]+\s*:",
    ),
    Language(
        "just",
        (".just",),
        filenames=("Justfile", "justfile", ".justfile"),
        headings=r"(?:export\s+)?@?(?P<name>[A-Za-z_][\w-]*)(?:\s+[^:=\n][^:\n]*)?\s*:(?!=)|"
        r"(?:alias\s+|export\s+)?(?P<other>[A-Za-z_][\w-]*)\s*:=",
        aliases=("justfile",),
        line_comment="#",
        between=r"\[[^\]\n]*\]\s*$",
    ),
    Language(
        "dockerfile",
        (".dockerfile",),
        filenames=("Dockerfile", "Containerfile"),
        headings=r"(?i:from)\s+(?:--\S+\s+)*(?P<other>\S+)(?:\s+(?i:as)\s+(?P<name>\S+))?",
        aliases=("docker",),
        line_comment="#",
        between=r"(?i)arg\s",
    ),
    Language("vue", (".vue",), script="typescript"),
    Language("svelte", (".svelte",), script="typescript"),
    Language("astro", (".astro",), script="typescript"),
    Language("html", (".html", ".htm", ".xhtml"), script="javascript"),
    Language("json", (".json", ".jsonc", ".json5", ".jsonl", ".geojson"), filenames=(".babelrc",)),
    Language("css", (".css", ".pcss", ".postcss"), aliases=("postcss",), block_comments=_C_BLOCK),
    Language("scss", (".scss",), line_comment=_SLASHES, block_comments=_C_BLOCK),
    Language("less", (".less",), line_comment=_SLASHES, block_comments=_C_BLOCK),
    Language(
        "sass",
        (".sass",),
        headings=r"(?P<level>[ \t]*)(?:(?:@(?P<kind>mixin|function)\s+|(?<![ \t])[=.#%])(?P<name>[\w-]+)"
        r"|(?P<other>(?<![ \t])\$[\w-]+(?=\s*:)))",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language(
        "stylus",
        (".styl",),
        headings=r"(?P<name>\$?[\w-]+)(?:\([^\n]*\)\s*$|\s*\??=(?!=))|[.#](?P<other>[\w-]+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language("xml", (".xml", ".xsd", ".xsl", ".svg", ".plist", ".csproj", ".props", ".targets")),
    Language("template", (".ejs", ".erb", ".hbs", ".mustache", ".j2", ".jinja", ".jinja2", ".twig")),
    Language("heex", (".heex", ".eex", ".leex")),
    Language(
        "batch",
        (".bat", ".cmd"),
        headings=r"\s*:(?P<name>[\w.-]+)",
        line_comment=r"::|@?(?i:rem\b)",
        heading_kind="function",
    ),
    Language(
        "awk",
        (".awk", ".gawk"),
        interpreters=("awk", "gawk", "mawk", "nawk"),
        headings=r"\s*func(?:tion)?\s+(?P<name>[\w:]+)|(?P<other>BEGIN|END)\b",
        closing="}",
        line_comment="#",
        heading_kind="function",
    ),
)
