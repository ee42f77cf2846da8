"""More languages, most of which share an ending with a better known one (`shared_endings`)."""

from __future__ import annotations

from typing import Final

from semlens.core.text.language import Language

_SLASHES: Final = r"//+!?"
_C_BLOCK: Final = ((r"/\*", r"\*/"),)
_ML_BLOCK: Final = ((r"\(\*", r"\*\)"),)

RIVALS: Final[tuple[Language, ...]] = (
    Language(
        "matlab",
        (".m",),
        aliases=("octave",),
        interpreters=("octave",),
        grammar="matlab",
        definitions="""
            (function_definition name: (_) @name) @function
            (class_definition name: (_) @name) @class
            (function_definition . name: (_) . (function_arguments)? . (comment) @doc)
            (function_definition (function_output) . name: (_) . (function_arguments)? . (comment) @doc)
            (class_definition name: (_) . (superclasses)? . (comment) @doc)
            (comment) @comment
        """,
        respelled=(
            (r"(?<![^\s;,)])#", "%"),
            (r"\bend(?:function|if|for|while|switch|parfor|_try_catch|classdef|methods|properties)\b", "end"),
        ),
    ),
    Language(
        "puppet",
        (".pp",),
        grammar="puppet",
        definitions="""
            (class_definition (class_identifier) @name) @class
            (class_definition . (identifier) @name) @class
            (defined_resource_type (class_identifier) @name) @class
            (defined_resource_type . (identifier) @name) @class
            (function_declaration (class_identifier) @name) @function
            (function_declaration . (identifier) @name) @function
            (type_declaration (class_identifier) @name) @type
            (node_definition (node_name) @name) @constant
            (comment) @comment
        """,
    ),
    Language(
        "bitbake",
        (".bb", ".bbappend", ".bbclass", ".inc"),
        aliases=("yocto",),
        grammar="bitbake",
        plain_names=True,
        definitions="""
            (function_definition (identifier) @name) @function
            (anonymous_python_function (identifier) @name) @function
            (python_function_definition name: (_) @name) @function
            (recipe (variable_assignment . (identifier) @name) @constant)
            (comment) @comment
        """,
    ),
    Language(
        "ada",
        (".ads", ".adb", ".ada", ".a"),
        grammar="ada",
        definitions="""
            (package_declaration name: (_) @name) @module
            (package_body name: (_) @name) @module
            (subprogram_body (procedure_specification name: (_) @name)) @function
            (subprogram_body (function_specification name: (_) @name)) @function
            (subprogram_declaration (procedure_specification name: (_) @name)) @declaration
            (subprogram_declaration (function_specification name: (_) @name)) @declaration
            (generic_subprogram_declaration (procedure_specification name: (_) @name)) @declaration
            (generic_subprogram_declaration (function_specification name: (_) @name)) @declaration
            (expression_function_declaration (function_specification name: (_) @name)) @function
            (full_type_declaration . (identifier) @name) @type
            (subtype_declaration . (identifier) @name) @type
            (entry_body . (identifier) @name) @function
            (task_body . (identifier) @name) @class
            (protected_body . (identifier) @name) @class
            (comment) @comment
        """,
    ),
    Language(
        "actionscript",
        (".as",),
        aliases=("as3",),
        grammar="actionscript",
        definitions="""
            (class_declaration name: (_) @name) @class
            (interface_declaration name: (_) @name) @interface
            (function_declaration name: (_) @name) @function
            (method_declaration name: (_) @name) @declaration
            (constant_declaration name: (_) @name) @constant
            (line_comment) @comment
            (block_comment) @comment
        """,
    ),
    Language(
        "rescript",
        (".res", ".resi"),
        headings=r"(?:@\S+\s+)*(?P<kind>let|module|type|external|exception)\s+(?:rec\s+|type\s+)?"
        r"(?P<name>\w+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        between=r"\s*@",
    ),
    Language(
        "pkl",
        (".pkl",),
        headings=r"(?:(?:abstract|open|local|const|fixed|hidden|external)\s+)*(?:(?P<kind>class|function|module)\s+"
        r"(?P<name>[\w.]+|`[^`]+`)|typealias\s+(?P<other>\w+))",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        between=r"\s*@",
    ),
    Language(
        "modelica",
        (".mo",),
        headings=r"(?:(?:encapsulated|partial|expandable|operator|pure|impure|final|replaceable)\s+)*"
        r"(?P<kind>model|class|package|function|block|connector|record|type)\s+(?P<name>\w+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language(
        "motoko",
        (".mo",),
        headings=r"\s*(?:(?:public|private|shared|query|stable|persistent)\s+)*(?P<kind>func|class|type|module|actor)"
        r"\s+(?P<name>\w+)",
        heading_kind="function",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language(
        "prolog",
        (".pl", ".pro", ".prolog", ".plt", ".yap"),
        interpreters=("swipl", "gprolog", "yap"),
        headings=r"(?P<name>[a-z]\w*|'[^'\n]+')(?:\(|\s*(?::-|-->|\.\s*$))",
        line_comment="%",
        block_comments=_C_BLOCK,
        heading_kind="function",
        clauses=True,
    ),
    Language(
        "coq",
        (".v",),
        aliases=("rocq",),
        headings=r"\s*(?:(?:Local|Global|Program|Polymorphic|#\[[^\]]*\])\s+)*(?:Theorem|Lemma|Definition|Fixpoint"
        r"|CoFixpoint|Inductive|CoInductive|(?:Canonical\s+)?Structure|Record|Class|Instance|Corollary|Proposition"
        r"|Remark|Fact|Axiom|Parameter|Hypothesis|Example|Function|Variant|Module(?:\s+Type)?|Section|Ltac|Notation"
        r"|Let)\s+(?P<name>[\w']+|\"[^\"\n]+\")",
        block_comments=_ML_BLOCK,
        heading_kind="function",
    ),
    Language(
        "forth",
        (".fs", ".fth", ".4th", ".f", ".for", ".forth", ".frt"),
        interpreters=("gforth",),
        headings=r"\s*(?::|(?:\S+\s+){0,2}(?i:constant|variable|create|value|defer|2constant|2variable)(?=\s+\S))"
        r"\s+(?P<name>\S+)",
        line_comment=r"\\(?:\s|$)",
        block_comments=((r"\(\s", r"\)"),),
        heading_kind="function",
    ),
    Language(
        "mercury",
        (".m", ".moo"),
        headings=r":-\s+(?:pred|func|type|module|inst|mode|typeclass|instance)\s+(?P<name>[a-z]\w*)",
        line_comment="%",
        block_comments=_C_BLOCK,
        heading_kind="function",
    ),
    Language(
        "wolfram",
        (".m", ".wl", ".wls"),
        aliases=("mathematica",),
        interpreters=("wolframscript",),
        headings=r"(?P<name>[A-Za-z$][\w$`]*)(?:\[[^\n]*\])?\s*:?=(?!=)",
        block_comments=_ML_BLOCK,
        heading_kind="function",
    ),
    Language(
        "mumps",
        (".m", ".mps"),
        headings=r"(?P<name>[A-Za-z%]\w*)(?:\([^)\n]*\))?(?:\s|$)",
        line_comment=";",
        heading_kind="function",
    ),
    Language(
        "limbo",
        (".m",),
        headings=r"(?P<name>\w+)(?:\s*\([^)\n]*\)|\s*:\s*(?:module|adt|con|fn)\b)",
        line_comment="#",
        heading_kind="function",
    ),
    Language(
        "cool",
        (".cl",),
        headings=r"(?P<level>\s*)(?:class\s+(?P<name>\w+)|(?P<other>\w+)\s*\([^)\n]*\)\s*:\s*\w+\s*\{)",
        line_comment="--",
        block_comments=_ML_BLOCK,
    ),
    Language(
        "raku",
        (".raku", ".rakumod", ".rakutest", ".p6", ".pm6", ".pl6", ".t", ".pl", ".pm"),
        aliases=("perl6",),
        interpreters=("raku", "perl6", "rakudo"),
        headings=r"\s*(?:(?:my|our|multi|proto|only|unit|is\s+export)\s+)*(?P<kind>sub|method|submethod|class|role"
        r"|grammar|module|package|token|rule|regex|enum)\s+(?P<name>[\w:'!-]+)",
        line_comment="#",
        block_comments=((r"=begin\b", r"^=end\b.*"),),
    ),
    Language(
        "turing",
        (".t", ".tu"),
        headings=r"\s*(?:(?:body|forward)\s+)?(?P<kind>function|procedure|proc|fcn|process|class|module|type)\s+"
        r"(?:pervasive\s+)?(?P<name>\w+)",
        line_comment="%",
        block_comments=_C_BLOCK,
    ),
    Language(
        "eiffel",
        (".e",),
        headings=r"(?P<level>\t| {0,4})(?:(?:deferred|expanded|frozen)\s+)*(?:(?P<kind>class)\s+(?P<name>\w+)"
        r"|(?P<other>(?!end\b|do\b|local\b|require\b|ensure\b|feature\b|inherit\b|create\b|once\b|invariant\b"
        r"|note\b)[a-z]\w*)(?:\s*\([^)\n]*\))?(?:\s*:\s*[\w\[\], ]+)?\s*(?:--.*)?$)",
        line_comment="--",
        heading_kind="function",
    ),
    Language(
        "e",
        (".e",),
        headings=r"\s*(?:to|def|method)\s+(?P<name>\w+)",
        line_comment="#",
        heading_kind="function",
    ),
    Language(
        "euphoria",
        (".e", ".ex", ".exw", ".edb"),
        headings=r"(?:(?:public|export|global)\s+)*(?P<kind>function|procedure|type|constant|enum)\s+(?P<name>\w+)",
        line_comment="--",
        block_comments=_C_BLOCK,
    ),
    Language(
        "idl",
        (".pro",),
        headings=r"(?i:pro|function)\s+(?P<name>[\w:]+)",
        line_comment=";",
        heading_kind="function",
    ),
    Language("qmake", (".pro", ".pri"), headings=r"(?P<name>[\w.]+)\s*[+*~-]?=", line_comment="#"),
    Language("proguard", (".pro",), headings=r"-(?P<name>\w+)\b", line_comment="#"),
    Language(
        "modula2",
        (".mod", ".def"),
        aliases=("modula-2",),
        headings=r"\s*(?:DEFINITION\s+|IMPLEMENTATION\s+)?(?P<kind>MODULE|PROCEDURE)\s+(?P<name>\w+)",
        block_comments=_ML_BLOCK,
    ),
    Language(
        "ampl",
        (".mod", ".ampl"),
        headings=r"\s*(?:set|param|var|minimize|maximize|subject\s+to|s\.t\.)\s+(?P<name>\w+)",
        line_comment="#",
        block_comments=_C_BLOCK,
        heading_kind="function",
    ),
    Language(
        "nmodl",
        (".mod",),
        aliases=("neuron",),
        headings=r"(?:(?P<kind>FUNCTION|PROCEDURE|DERIVATIVE|KINETIC)\s+(?P<name>\w+)|(?P<other>[A-Z]{4,})\s*\{)",
        line_comment=r"[:?]",
        block_comments=((r"COMMENT\b", r"\bENDCOMMENT\b"),),
        heading_kind="function",
    ),
    Language("gomod", (".mod",), aliases=("go.mod",), filenames=("go.mod", "go.work"), line_comment=_SLASHES),
    Language(
        "newlisp",
        (".lsp", ".nl"),
        interpreters=("newlisp",),
        headings=r"\((?:define|define-macro|context)\s+\(?(?P<name>[^\s()]+)",
        line_comment="[;#]",
        heading_kind="function",
    ),
    Language(
        "picolisp",
        (".l",),
        headings=r"\((?:de|dm|class|rel|data)\s+(?P<name>[^\s()]+)",
        line_comment="#",
        heading_kind="function",
    ),
    Language(
        "dtrace",
        (".d",),
        interpreters=("dtrace",),
        headings=r"(?P<name>[\w$*]*:[\w$*.]*:[\w$*.]*:[\w$*-]*|BEGIN|END)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        heading_kind="function",
    ),
    Language(
        "blitzbasic",
        (".bb", ".decls"),
        headings=r"\s*(?i:(?P<kind>function|type))\s+(?P<name>\w+)",
        line_comment=";",
    ),
    Language(
        "standard_ml",
        (".sml", ".ml"),
        headings=r"\s*(?P<kind>fun|val|structure|signature|functor|datatype|type|exception)\s+(?:rec\s+)?"
        r"(?P<name>[\w']+)",
        block_comments=_ML_BLOCK,
    ),
    Language(
        "reason",
        (".re", ".rei"),
        aliases=("reasonml",),
        headings=r"(?:\[@\S+\s*\]\s*)*(?P<kind>let|module|type|external)\s+(?:rec\s+)?(?P<name>\w+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language(
        "rebol",
        (".r", ".reb", ".r3", ".red"),
        headings=r"\s*(?P<name>[\w?!*-]+):\s+(?:func|function|funct|does|make\s+object!|context)\b",
        line_comment=";",
        heading_kind="function",
    ),
    Language(
        "rez", (".r",), headings=r"(?:resource|data|type)\s+'(?P<name>[^'\n]{4})'", line_comment=_SLASHES
    ),
    Language(
        "sourcepawn",
        (".sp", ".inc", ".p", ".pwn"),
        aliases=("pawn",),
        headings=r"(?:(?:public|stock|native|forward|static|methodmap|enum\s+struct)\s+)+(?:[\w:\[\]]+\s+)?"
        r"(?P<name>\w+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        between=r"\s*#pragma",
        heading_kind="function",
    ),
    Language(
        "povray",
        (".pov", ".inc"),
        headings=r"\s*#(?:declare|local|macro)\s+(?P<name>\w+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        heading_kind="function",
    ),
    Language(
        "smalltalk",
        (".st",),
        headings=r"!(?P<name>\w+)(?:\s+class)?\s+methodsFor:|(?P<other>\w+)\s+class\s*>>",
        block_comments=(('"', '"'),),
        heading_kind="function",
    ),
    Language(
        "structuredtext",
        (".st", ".iecst"),
        aliases=("iecst",),
        headings=r"\s*(?i:(?P<kind>function_block|function|program|interface|type|method|property|action))\s+"
        r"(?i:(?:public|private|protected|internal|abstract|final|override)\s+)*(?P<name>[A-Za-z_]\w*)",
        line_comment=_SLASHES,
        block_comments=(*_ML_BLOCK, *_C_BLOCK),
    ),
    Language(
        "objectscript",
        (".cls", ".mac"),
        aliases=("cache", "intersystems"),
        headings=r"(?P<kind>Class|ClassMethod|ClientMethod|Method|Property|Parameter|Query|Index|Trigger)\s+"
        r"(?P<name>[\w.%]+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language(
        "supercollider",
        (".scd", ".sc"),
        interpreters=("sclang",),
        headings=r"(?P<name>\+?\s*[A-Z]\w*)(?:\s*:\s*\w+)?\s*\{|SynthDef\(\\(?P<other>\w+)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        heading_kind="function",
    ),
    Language(
        "gap",
        (".gi", ".gap", ".gd", ".g"),
        headings=r"(?:(?:Declare\w+|Install\w+|BindGlobal)\(\s*\"?(?P<name>\w+)|(?P<other>\w+)\s*:=\s*function\b)",
        line_comment="#",
        heading_kind="function",
    ),
    Language(
        "vba",
        (".bas", ".cls", ".frm", ".vba", ".vb", ".vbs"),
        aliases=(
            "visualbasic",
            "visual-basic",
            "basic",
            "freebasic",
            "quickbasic",
        ),
        headings=r"(?P<level>[ \t]*)(?:<[^<>\n]*>\s*)*(?i:(?:Public|Private|Friend|Protected|Shared|Static"
        r"|Global|Default|Partial|Shadows|Overrides|Overridable|NotOverridable|Overloads|MustOverride|MustInherit"
        r"|NotInheritable|ReadOnly|WriteOnly|Async|Iterator|Delegate|Custom|Declare|PtrSafe|Ansi|Unicode|Auto)\s+)*"
        r"(?P<kind>(?i:sub|function|class|module|namespace|type|enum|struct(?=ure\b)|interface|property|event))"
        r"(?i:ure|\s+(?:get|let|set)(?=\s))?\s+(?P<name>\w+)",
        line_comment=r"'+|(?i:rem\b)",
        closing=r"(?i:end\s+(?:sub|function|class|module|namespace|type|enum|structure|interface"
        r"|property)\b)",
        between=r"\s*<[^<>]*>\s*_?\s*$",
    ),
    Language(
        "apex",
        (".cls", ".trigger", ".apex"),
        grammar="apex",
        definitions="""
            (class_declaration name: (_) @name) @class
            (interface_declaration name: (_) @name) @interface
            (enum_declaration name: (_) @name) @enum
            (method_declaration name: (_) @name body: (_)) @method
            (method_declaration name: (_) @name !body) @declaration
            (constructor_declaration name: (_) @name) @method
            (trigger_declaration name: (_) @name) @function
            (line_comment) @comment
            (block_comment) @comment
        """,
    ),
    Language(
        "abl",
        (".p", ".w", ".cls"),
        aliases=(
            "openedge",
            "progress",
        ),
        headings=r"\s*(?i:(?P<kind>procedure|function|class|interface)\s+(?P<name>[\w.-]*\w)"
        r"|(?:method|constructor|destructor)\s[^(\n]*?(?P<other>[\w-]+)\s*(?:\(|$))",
        heading_kind="method",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language("gnuplot", (".gp", ".gnuplot", ".plt", ".p"), interpreters=("gnuplot",), line_comment="#"),
    Language(
        "angelscript",
        (".as", ".angelscript"),
        headings=r"\s*(?:(?:shared|mixin|private|protected|const)\s+)*(?:(?:class|interface|enum|funcdef)\s+(?P<name>\w+)"
        r"|(?:void|bool|string|double|float|auto|u?int(?:8|16|32|64)?)[@&]?\s+(?P<other>\w+)\s*\()",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        heading_kind="function",
    ),
    Language(
        "postscript",
        (".ps", ".eps", ".pfa"),
        headings=r"/(?P<name>[\w.-]+)\s*(?:\{|\d+\s+dict\b)",
        line_comment="%",
        heading_kind="function",
    ),
    Language(
        "roff",
        (".man", ".mdoc", ".roff", ".1", ".3", ".5", ".7", ".8"),
        aliases=(
            "troff",
            "groff",
            "manpage",
        ),
        headings=r"\.S[Hh]\s+\"?(?P<name>[^\"\n]+)",
        line_comment=r"[.']\\\"",
        prose=True,
    ),
    Language(
        "lex",
        (".l", ".lex", ".ll"),
        aliases=("flex",),
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
    ),
    Language(
        "yacc",
        (".y", ".yy"),
        aliases=("bison",),
        headings=r"(?P<name>[A-Za-z_][\w.-]*)\s*:(?!:)",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        heading_kind="function",
    ),
    Language(
        "linkerscript",
        (".ld", ".lds", ".x"),
        headings=r"(?P<name>[A-Z]{4,})\s*\{?",
        block_comments=_C_BLOCK,
    ),
    Language(
        "rpcgen",
        (".x",),
        headings=r"(?P<kind>struct|union|enum|program|typedef|const)\s+(?P<name>\w+)",
        block_comments=_C_BLOCK,
    ),
    Language(
        "gdshader",
        (".gdshader", ".gdshaderinc"),
        headings=r"(?:void|float|int|bool|[iub]?vec[234]|mat[234])\s+(?P<name>\w+)\s*\(",
        line_comment=_SLASHES,
        block_comments=_C_BLOCK,
        heading_kind="function",
    ),
    Language(
        "m4",
        (".m4",),
        headings=r"(?:m4_)?(?:define|AC_DEFUN(?:_ONCE)?|AU_DEFUN)\(\[?`?(?P<name>\w+)",
        line_comment=r"dnl\b|#",
        heading_kind="function",
    ),
)
"""Languages that share endings with others. The rivals of each ending are in `shared_endings`."""
