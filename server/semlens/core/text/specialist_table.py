"""Languages of special fields: one entry each, and nothing but data.

Mainframes, statistics, proofs, contracts, processors, builds and configuration. Most are read by their lines,
because their grammars are old or cannot read half of the files that people have.
"""

from __future__ import annotations

from typing import Final

from semlens.core.text.language import Language

_SLASHES: Final = r"//+!?"
_C_BLOCK: Final = ((r"/\*", r"\*/"),)
_INDENT: Final = r"(?P<level>[ \t]*)"

SPECIALISTS: Final[tuple[Language, ...]] = (
    Language(
        "nix",
        (".nix",),
        interpreters=("nix-instantiate",),
        grammar="nix",
        definitions="""
            (let_expression (binding_set (binding attrpath: (attrpath) @name) @constant))
            (binding attrpath: (attrpath) @name expression: (function_expression)) @function
            (binding attrpath: (attrpath) @name expression: [
                (attrset_expression) (rec_attrset_expression) (let_expression)
                (apply_expression argument: [(attrset_expression) (rec_attrset_expression)])]
                (#not-any-of? @name "type" "default" "example")) @section
            (binding attrpath: (attrpath) @name expression: (apply_expression function: (_) @_maker)
                (#match? @_maker "mk.*Option$")) @section
            (comment) @comment
        """,
        plain_names=True,
    ),
    Language(
        "jsonnet",
        (".jsonnet", ".libsonnet"),
        interpreters=("jsonnet",),
        grammar="jsonnet",
        definitions="""
            (bind function: (id) @name) @function
            (bind . (id) @name) @constant
            (field function: (fieldname) @name) @function
            (member (field (fieldname) @name [(object) (local_bind) (parenthesis)])) @section
            (comment) @comment
        """,
        plain_names=True,
    ),
    Language(
        "capnp",
        (".capnp",),
        aliases=("capnproto",),
        grammar="capnp",
        definitions="""
            (struct (type_identifier) @name) @struct
            (interface . (type_identifier) @name) @interface
            (enum (enum_identifier) @name) @enum
            (method (method_identifier) @name) @declaration
            (const (const_identifier) @name) @constant
            (annotation (annotation_definition_identifier) @name) @type
            (comment) @comment
        """,
    ),
    Language(
        "metal",
        (".metal",),
        headings=r"(?!return\b|else\b)(?:[\w:<>,*&]+\s+){1,6}[*&]?(?P<name>\w+)\s*\([^;{]*(?:\{|$)"
        r"|(?P<kind>struct|enum|class)\s+(?P<other>\w+)",
        heading_kind="function",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        between=r"\[\[|template\b",
        closing="}",
    ),
    Language(
        "bicep",
        (".bicep", ".bicepparam"),
        headings=r"(?P<kind>param|var|resource|module|type|func|output)\s+(?P<name>\w+)",
        line_comment=_SLASHES + r"|@(?:sys\.)?description\('+",
        block_comments=_C_BLOCK,
        between=r"@|\s|[\])]",
        closing=r"[}\]]",
    ),
    Language(
        "gherkin",
        (".feature",),
        aliases=("cucumber",),
        headings=_INDENT
        + r"(?:Feature|Rule|Scenario(?:\s+(?:Outline|Template))?|Example|Ability|Business Need"
        r"|Funktionalität|Regel|Szenario(?:grundriss)?|Beispiel|Fonctionnalité|Règle|Scénario|Exemple"
        r"|Plan du [Ss]cénario|Característica|Regla|Escenario|Esquema del escenario|Ejemplo|Funcionalidade"
        r"|Cenário|Esquema do Cenário|Funzionalità|Functionaliteit|Функция|Функциональность|Сценарий|功能"
        r"|场景|機能|シナリオ)\s*:\s*(?P<name>\S.*)",
        line_comment="#",
        between=r"\s*@\w",
    ),
    Language(
        "crystal",
        (".cr",),
        interpreters=("crystal",),
        headings=_INDENT
        + r"(?:(?:private|protected|abstract)\s+)*(?:(?P<kind>def|macro|class|struct|module|enum|lib|fun"
        r"|alias"
        r"|annotation|union)\s+(?:self\.|(?:[A-Z]\w*(?:::|\.))*)(?P<name>\w+[?!=]?|`|[^\w\s({]{1,3})"
        r"|(?P<other>[A-Z]\w*)\s*=(?![=>]))",
        heading_kind="constant",
        line_comment="#",
        between=r"\s*@\[",
        closing=r"end\b",
    ),
    Language(
        "cobol",
        (".cbl", ".cob", ".cobol", ".cpy", ".ccp"),
        headings=r"(?:[\w ]{6} {1,4}| {0,3})(?i:(?P<kind>(?:program|class|method|function)-id\s*\."
        r"|01|77|78|fd|sd)\s+[\"']?(?!filler\b)(?P<name>[\w-]+)"
        r"|(?!(?:end-[\w-]+|exit|goback|continue|else|file-control|special-names|i-o-control|(?:file"
        r"|working-storage"
        r"|linkage|local-storage|input-output|configuration)\s+section)\s*\.)"
        r"(?P<other>[\w-]+)(?:\s+section(?:\s+\d+)?)?\s*\.\s*$)",
        heading_kind="function",
        line_comment=r"\*>|(?<!.)[\w ]{6}[*/]|(?<!.)\*",
        between=r"(?i:.{0,7}\s*(?:identification|id)\s+division)",
    ),
    Language(
        "sas",
        (".sas",),
        headings=_INDENT
        + r"(?i:%(?P<kind>macro)\s+(?P<name>\w+)|data\s+(?!_null_)(?P<other>[a-z_&][\w.&]*))",
        line_comment=r"\*(?=[^;]*;\s*$)",
        block_comments=_C_BLOCK,
        closing=r"(?i:%mend\b|run\s*;|quit\s*;)",
    ),
    Language(
        "stata",
        (".do", ".ado", ".mata"),
        interpreters=("stata",),
        headings=r"\s*(?:(?:(?:cap(?:ture)?\s+)?pr(?:ogram|og)?\s+(?:def(?:ine)?\s+)?(?!drop\b|dir\b"
        r"|list\b|def)"
        r"|(?P<kind>class|struct)\s+(?=\w+\s*(?:extends\b.*|\{.*)?$))(?P<name>\w+)"
        r"|(?:(?:real|string|numeric|complex|pointer|transmorphic|void|(?:struct|class)\s+\w+|`\w+')\s+)"
        r"(?:(?:scalar|matrix|vector|rowvector|colvector)\s+)?(?:\w+::)?(?P<other>\w+)\s*\()",
        heading_kind="function",
        line_comment=r"\*|//",
        block_comments=_C_BLOCK,
        between=r"\s*(?:cap(?:ture)?\s+)?pr(?:ogram|og)?\s+drop\b",
        closing=r"(?:end|\})\s*$",
    ),
    Language(
        "assembly",
        (".s", ".asm", ".nasm", ".masm", ".a51"),
        aliases=("asm", "nasm", "masm", "gas"),
        headings=r"[ \t]*(?:(?:[.%#][ \t]*(?i:i?(?P<kind>macro|define|equ|set)|struc)|(?:cglobal|cvisible"
        r"|cextern_fn"
        r"|function|const)(?=[ \t]))[ \t]+(?P<name>(?!(?i:endm)\b)[A-Za-z_]\w*)"
        r"|(?:(?:[A-Z]+_)?(?:ENTRY|FUNC|PROC|LEAF|SYM_(?:FUNC|CODE|DATA"
        r"|TYPED_FUNC)_START)(?:_\w+)?[ \t]*\([ \t]*)?"
        r"(?P<other>(?!(?i:lock|rep\w*)\b)[A-Za-z_$?@][\w$?@.]*)"
        r"(?::(?!=)|[ \t]*\)|[ \t]+(?i:equ|proc|macro|struc|label|segment)\b))",
        heading_kind="function",
        line_comment=r"[;@]|//|#(?![ \t]*(?:define|include|if|else|elif|endif|undef|error|pragma|warning"
        r"|import)\b)",
        block_comments=_C_BLOCK,
        between=r"[ \t]*\.(?!macro\b)\w|[ \t]*(?i:global|extern|align|section|bits|export)\b",
    ),
    Language(
        "bazel",
        (),
        filenames=("BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel", "BUCK"),
        grammar="python",
        definitions="""
            (module (call arguments: (argument_list (keyword_argument name: (identifier) @_key
                value: (string) @name))) @section (#eq? @_key "name"))
            (function_definition name: (identifier) @name) @function
            (module (assignment left: (identifier) @name) @constant)
            (comment) @comment
        """,
        plain_names=True,
    ),
    Language(
        "meson",
        (),
        filenames=("meson.build", "meson_options.txt", "meson.options"),
        headings=r"\s*(?P<name>\w+)\s*=\s*(?:\w+\s*\.\s*)?(?:(?:static_|shared_|both_)?librar(?:y|ies)"
        r"|shared_module"
        r"|executable|dependency|declare_dependency|custom_target|run_target|configure_file|generator"
        r"|find_program"
        r"|jar|subproject|import|configuration_data)\s*\(|\s*(?:project|executable|(?:static_|shared_|both_)?"
        r"librar(?:y|ies)|shared_module|custom_target|run_target|option|test"
        r"|benchmark)\s*\(\s*'(?P<other>[^'\n]+)'",
        heading_kind="constant",
        line_comment="#",
        closing=r"\)",
    ),
    Language(
        "ninja",
        (".ninja",),
        headings=r"(?:rule|pool)\s+(?P<name>\S+)",
        line_comment="#",
    ),
    Language(
        "kconfig",
        (),
        filenames=("Kconfig",),
        headings=r"\s*(?:menu)?config\s+(?P<name>\w+)|\s*menu\s+\"(?P<other>[^\"\n]+)\"",
        line_comment="#",
    ),
    Language(
        "gn",
        (".gn", ".gni"),
        headings=r"\s*(?!(?:import|assert|print|foreach|set_defaults"
        r"|if)\b)\w+\(\"(?P<name>[^\"\n]+)\"\)\s*\{",
        line_comment="#",
        closing="}",
    ),
    Language(
        "rego",
        (".rego",),
        headings=r"(?:default\s+)?(?!(?:package|import|default|else|some|not|every)\b)(?P<name>[a-z_]\w*)"
        r"(?:\(|\[|\s+(?:if|contains)\b|\s*:?=(?!=)|\s*\{)",
        heading_kind="function",
        line_comment="#",
        clauses=True,
    ),
    Language(
        "move",
        (".move",),
        headings=_INDENT
        + r"(?:#\[[^\]\n]*\]\s*)*(?:(?:public(?:\s*\([^)\n]*\))?|entry|native|inline|macro|friend)\s+)*"
        r"(?P<kind>fun|struct|module|const|enum)\s+(?:\w+::)*(?P<name>\w+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        between=r"\s*#\[",
        closing="}",
    ),
    Language(
        "cairo",
        (".cairo",),
        headings=_INDENT
        + r"(?:pub(?:\([^)\n]*\))?\s+)?(?:(?:extern|const)\s+)?(?P<kind>fn|func|trait|mod|struct|enum"
        r"|impl|const|type)"
        r"\s+(?P<name>\w+)",
        line_comment=_SLASHES + "|#(?!\\[)",
        between=r"\s*(?:#\[|@\w)",
        closing="}",
    ),
    Language(
        "lean",
        (".lean",),
        headings=r"(?:@\[[^\]\n]*\]\s*)*(?:(?:private|protected|public|noncomputable|partial|unsafe"
        r"|scoped|local|nonrec"
        r"|meta)\s+)*(?:def|theorem|lemma|instance(?:\s*\([^)\n]*\))?|abbrev|axiom|opaque"
        r"|(?P<kind>struct(?=ure)"
        r"|inductive|class))(?:ure|\s+inductive)?\s+(?:[\w'!?]+\.)*(?P<name>[^\W\d][\w'!?]*|«[^»\n]+»)",
        heading_kind="function",
        line_comment="--",
        block_comments=((r"/-", r"-/"),),
        between=r"@\[|set_option\b|open\b.*\bin\s*$|omit\b|include\b",
    ),
    Language(
        "agda",
        (".agda",),
        headings=r" {0,2}(?:(?P<kind>data|record|module)\s+(?P<name>[^\s(){};:]+)"
        r"|(?!(?:data|record|module|import|open|field)\b)(?P<other>[^\s(){};:.]+)\s+:\s)",
        heading_kind="function",
        line_comment="--",
        block_comments=((r"\{-(?!#)", r"-\}"),),
        between=r"\s*\{-#",
    ),
    Language(
        "idris",
        (".idr",),
        headings=r"(?P<level> {0,2})(?:(?:public|export|private|total|partial"
        r"|covering)\s+)*(?:(?P<kind>data|record"
        r"|interface|namespace)\s+(?P<name>[\w.']+)|(?!data\b|record\b|interface\b|namespace\b)"
        r"(?P<other>[a-z_A-Z][\w']*|\([^\s\w)]+\))\s+:\s)",
        heading_kind="function",
        line_comment=r"--|\|\|\|",
        block_comments=((r"\{-", r"-\}"),),
        between=r"\s*(?:%\w|(?:public\s+)?export\s*$|private\s*$|total\s*$|partial\s*$|covering\s*$)",
    ),
    Language(
        "roc",
        (".roc",),
        headings=r"(?P<name>[a-z_]\w*!?)\s*(?::(?!=)|=(?![=>]))|(?P<other>[A-Z]\w*)(?:\s+[a-z]\w*"
        r"|\([^)\n]*\))*\s*:",
        heading_kind="function",
        line_comment="#",
        clauses=True,
    ),
    Language(
        "llvm",
        (".ll",),
        headings=r"define\s[^@\n]*@(?P<name>[\w.$-]+|\"[^\"\n]+\")\s*\(",
        heading_kind="function",
        line_comment=";",
        closing="}",
    ),
    Language(
        "tablegen",
        (".td",),
        headings=r"\s*(?:def|(?P<kind>class)|multiclass|defm|defset)\s+(?P<name>\w+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language(
        "wat",
        (".wat", ".wast"),
        aliases=("webassembly",),
        headings=r"\s*\((?:func|global|memory|table|type)\s+(?P<name>\$[\w.$!-]+)",
        heading_kind="function",
        line_comment=";;",
        block_comments=((r"\(;", r";\)"),),
    ),
    Language(
        "smali",
        (".smali",),
        headings=r"\.(?P<kind>method|field)\s+(?:[a-z-]+\s+)*(?P<name>[\w<>$-]+)\s*[(:]",
        line_comment="#",
        closing=r"\.end\b",
    ),
    Language(
        "qml",
        (".qml",),
        headings=_INDENT + r"(?:(?P<kind>function|signal)\s+(?P<name>\w+)|(?:(?:default|required"
        r"|readonly)\s+)*property\s+[\w.<>]+\s+"
        r"(?P<other>\w+))",
        heading_kind="constant",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        closing="}",
    ),
    Language(
        "squirrel",
        (".nut",),
        headings=_INDENT
        + r"(?:(?:local|static)\s+)*(?P<kind>function|class|enum)\s+(?:\w+(?:::|\.))*(?P<name>\w+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        closing="}",
    ),
    Language(
        "pony",
        (".pony",),
        headings=_INDENT
        + r"(?P<kind>class|actor|primitive|struct|trait|interface|type|fun|new|be)\s+(?:(?:ref|box|val"
        r"|iso|trn|tag)\s+)?"
        r"(?P<name>\w+)",
        heading_kind="method",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language(
        "hare",
        (".ha",),
        headings=r"(?:@\w+(?:\([^)\n]*\))?\s+)*(?:export\s+)?(?P<kind>fn|type|def|const"
        r"|let)\s+(?P<name>\w+(?:::\w+)*)",
        line_comment=_SLASHES,
        closing=r"\};?",
    ),
    Language(
        "janet",
        (".janet",),
        interpreters=("janet",),
        headings=r"\((?:def\w*[+-]?|varfn|var)\s+(?P<name>[^\s()\[\]{}\"]+)",
        heading_kind="function",
        line_comment="#",
    ),
    Language(
        "fennel",
        (".fnl",),
        interpreters=("fennel",),
        headings=r"\((?:fn|lambda|λ|macro|local|global|var)\s+(?P<name>[^\s()\[\]{}\"]+)",
        heading_kind="function",
        line_comment=";",
    ),
    Language(
        "hack",
        (".hack", ".hhi"),
        interpreters=("hhvm",),
        headings=_INDENT
        + r"(?:(?:public|private|protected|static|final|abstract|async)\s+)*(?P<kind>function|class"
        r"|interface|trait|enum"
        r"|type|newtype)\s+(?P<name>\w+)",
        line_comment=_SLASHES + "|#",
        block_comments=_C_BLOCK,
        between=r"\s*<<",
        closing="}",
    ),
    Language(
        "ispc",
        (".ispc",),
        headings=r"(?!return\b|else\b|typedef\b)(?:[\w*&<>]+\s+){1,6}[*&]?(?P<name>\w+)\s*\([^;{]*(?:\{|$)",
        heading_kind="function",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        closing="}",
    ),
    Language(
        "smithy",
        (".smithy",),
        headings=r"(?:service|resource|operation|(?P<kind>struct(?=ure)|union|enum)(?:ure)?|intEnum|list"
        r"|map|string"
        r"|integer|blob|boolean|timestamp|document)\s+(?P<name>\w+)",
        line_comment=_SLASHES,
        between=r"\s*@",
        closing="}",
    ),
    Language(
        "bsl",
        (".bsl", ".os"),
        aliases=("1c", "onescript"),
        headings=r"\s*(?i:асинх\s+|async\s+)?(?i:процедура|функция|procedure|function)\s+(?P<name>\w+)",
        heading_kind="function",
        line_comment=_SLASHES,
        between=r"\s*&\w",
        closing=r"(?i:конецпроцедуры|конецфункции|endprocedure|endfunction)\b",
    ),
    Language(
        "abap",
        (".abap",),
        headings=_INDENT
        + r"(?i:(?P<kind>class|interface|method|function|module)\s+(?P<name>[\w~/]+)(?!.*\bdeferred\b)"
        r"|form\s+(?P<other>[\w~/-]+))",
        heading_kind="function",
        line_comment=r"(?<!.)\*|\"",
        closing=r"(?i:end(?:class|interface|method|function|module|form)\b)",
    ),
    Language(
        "rpg",
        (".rpgle", ".sqlrpgle", ".rpgleinc", ".rpg"),
        headings=r"\s*(?i:dcl-(?:proc|ds|pr|pi))\s+(?P<name>[\w#$@]+)",
        heading_kind="function",
        line_comment=_SLASHES,
        closing=r"(?i:end-(?:proc|ds|pr|pi)\b)",
    ),
    Language(
        "applescript",
        (".applescript",),
        interpreters=("osascript",),
        headings=r"\s*(?:on|to)\s+(?!error\b)(?P<name>\w+)",
        heading_kind="function",
        line_comment="--|#",
        block_comments=((r"\(\*", r"\*\)"),),
        closing=r"end\b",
    ),
    Language(
        "autohotkey",
        (".ahk", ".ah2"),
        aliases=("ahk",),
        headings=_INDENT
        + r"(?:(?P<kind>class)\s+(?P<name>\w+)|(?:static\s+)?(?!(?:if|while|for|loop|return|switch|catch)\b)"
        r"(?P<other>\w+)\([^\n]*\)\s*(?:\{|=>|$))",
        heading_kind="function",
        line_comment=";",
        block_comments=_C_BLOCK,
        closing="}",
    ),
    Language(
        "autoit",
        (".au3",),
        headings=r"\s*(?i:(?:volatile\s+)?func)\s+(?P<name>\w+)",
        heading_kind="function",
        line_comment=";",
        block_comments=((r"(?i:#cs|#comments-start)\b", r"(?i:#ce|#comments-end)\b"),),
        closing=r"(?i:endfunc)\b",
    ),
)
"""Languages of special fields."""
