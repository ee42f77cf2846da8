"""The languages that are read by a grammar: one entry each, and nothing but data.

An entry has the file names that tell a language, the grammar of
`tree-sitter-language-pack` that reads it, and a tree-sitter query for its definitions. A
query's captures mean:

    @function @class @constant …   a definition of that kind; the kinds are those of `types.Symbol`
    @scope      encloses definitions and names their container, but defines nothing (Rust's `impl`)
    @name       the definition's name; `A::b`, `A.b` and `A:b` name the container too
    @container  the container, where the name does not hold it (Go's receiver)
    @end        where the definition ends, where that is another node (Dart's function bodies)
    @comment    a comment: one right above a definition belongs to it, and is its docstring
    @lead       a decorator, attribute or type signature: belongs to the definition right below it
    @doc        a docstring inside the definition, or the file's own
    @macro      a call of a macro, whose arguments hold the definition's name
    @_anything  for the query's own predicates

A function directly inside a class-like definition is a method; no query needs to say so.
"""

from __future__ import annotations

from typing import Final

from semlens.core.text.language import Language

_C_FUNCTION = """
    (function_definition declarator: (function_declarator declarator: (_) @name)) @function
    (function_definition declarator: (_ (function_declarator declarator: (_) @name))) @function
    (function_definition declarator: (_ (_ (function_declarator declarator: (_) @name)))) @function
    (declaration declarator: (function_declarator declarator: (identifier) @name)) @declaration
    (declaration declarator: (_ (function_declarator declarator: (identifier) @name))) @declaration
    ((expression_statement (call_expression function: (identifier)) @macro) @function
        . (compound_statement) @end)
    ((expression_statement (call_expression function: (call_expression function: (identifier)) @macro))
        @function . (compound_statement) @end)
    (function_definition type: (type_identifier) declarator: (parenthesized_declarator)) @function @macro
    ((expression_statement (call_expression function: (identifier) @_maker) @macro) @constant
        (#match? @_maker "(^|_)(DEFINE|DECLARE)(_|$)|^(LIST_HEAD|TRACE_EVENT|BENCHMARK)"))
    ((declaration type: (type_identifier) @_maker declarator: (parenthesized_declarator (identifier)))
        @constant @macro (#match? @_maker "(^|_)(DEFINE|DECLARE)(_|$)|^LIST_HEAD"))
"""
_C_TYPE = """
    (struct_specifier name: (_) @name body: (_)) @struct
    (union_specifier name: (_) @name body: (_)) @struct
    (enum_specifier name: (_) @name body: (_)) @enum
    (type_definition declarator: (type_identifier) @name) @type
    (type_definition declarator: (function_declarator
        declarator: (parenthesized_declarator (pointer_declarator declarator: (_) @name)))) @type
    (preproc_def name: (identifier) @name value: (_)) @constant
    (preproc_function_def name: (identifier) @name) @function
    (comment) @comment
"""
_CPP = (
    _C_FUNCTION
    + _C_TYPE
    + """
    (class_specifier name: (_) @name body: (_)) @class
    (field_declaration declarator: (function_declarator declarator: (_) @name)) @declaration
    (field_declaration declarator: (_ (function_declarator declarator: (_) @name))) @declaration
    (namespace_definition name: (_) @name) @module
    (alias_declaration name: (_) @name) @type
    (concept_definition name: (_) @name) @type
    (template_declaration "template" @lead parameters: (_) @lead)
"""
)
_JAVASCRIPT = """
    (function_declaration name: (_) @name) @function
    (generator_function_declaration name: (_) @name) @function
    (class_declaration name: (_) @name) @class
    (method_definition name: (_) @name) @method
    (lexical_declaration (variable_declarator name: (identifier) @name
        value: [(arrow_function) (function_expression) (generator_function)])) @function
    (variable_declaration (variable_declarator name: (identifier) @name
        value: [(arrow_function) (function_expression) (generator_function)])) @function
    (lexical_declaration (variable_declarator name: (identifier) @name value: (class))) @class
    (expression_statement (assignment_expression left: (member_expression) @name
        right: [(arrow_function) (function_expression) (generator_function)])) @function
    (pair key: (property_identifier) @name value: [(arrow_function) (function_expression)]) @function
    (program (lexical_declaration (variable_declarator name: (identifier) @name)) @constant)
    (program (variable_declaration (variable_declarator name: (identifier) @name)) @constant)
    (export_statement (lexical_declaration (variable_declarator name: (identifier) @name)) @constant)
    (decorator) @lead
    (comment) @comment
"""
_TYPESCRIPT = (
    _JAVASCRIPT
    + """
    (abstract_class_declaration name: (_) @name) @class
    (interface_declaration name: (_) @name) @interface
    (type_alias_declaration name: (_) @name) @type
    (enum_declaration name: (_) @name) @enum
    (internal_module name: (_) @name) @module
    (module name: (_) @name) @module
    (function_signature name: (_) @name) @declaration
    (method_signature name: (_) @name) @declaration
    (abstract_method_signature name: (_) @name) @declaration
    (public_field_definition name: (_) @name value: [(arrow_function) (function_expression)]) @method
    (ambient_declaration (lexical_declaration (variable_declarator name: (identifier) @name)) @constant)
"""
)

_FIXED_FORM = (
    (
        r"(?m)^(?:\*|[Cc](?!\w*(?:[(%]|[ \t]*(?:=(?!=)|:))"
        r"|(?i:all|ase|haracter|hange|lass|lose|odimension|ommon|omplex|ontains|ontiguous|ontinue|ritical"
        r"|ycle)\b))",
        "!",
    ),
    (r"(?m)^ {5}[1-9$*+.#&:>|@%-]", "     &"),
)
"""The marks of fixed-form Fortran, and those of the free form: a C or a star in column 1 begins a comment,
unless it begins a statement of the free form, and any sign in column 6 continues the line above."""

_SCHEME = """
    (list . (symbol) @_keyword . [(list . (symbol) @name) (list . (list . (symbol) @name))]
        (#match? @_keyword "^define(?!-values|-module|-library)")) @function
    (program (list . (symbol) @_keyword . (symbol) @name
        (#match? @_keyword "^(define.*|struct|struct/contract)$")) @constant)
    (comment) @comment
"""

CODE: Final[tuple[Language, ...]] = (
    Language(
        "python",
        (".py", ".pyi", ".pyw", ".bzl", ".star"),
        aliases=(
            "python3",
            "starlark",
        ),
        filenames=("SConstruct", "SConscript", "wscript", "Tiltfile"),
        interpreters=("python", "pypy"),
        grammar="python",
        definitions="""
            (function_definition name: (identifier) @name) @function
            (class_definition name: (identifier) @name) @class
            (type_alias_statement left: (type (identifier) @name)) @type
            (module (assignment left: (identifier) @name) @constant)
            (block . (string) @doc)
            (module . (comment)* . (string) @doc)
            (decorator) @lead
            (comment) @comment
        """,
    ),
    Language(
        "javascript",
        (".js", ".mjs", ".cjs", ".jsx", ".es6"),
        aliases=(
            "node",
            "ecmascript",
        ),
        filenames=("Jakefile",),
        interpreters=("node", "nodejs"),
        grammar="javascript",
        definitions=_JAVASCRIPT
        + """
            (field_definition property: (_) @name value: [(arrow_function) (function_expression)]) @method
        """,
    ),
    Language(
        "typescript",
        (".ts", ".mts", ".cts"),
        interpreters=("deno", "ts-node", "tsx", "bun"),
        grammar="typescript",
        definitions=_TYPESCRIPT,
    ),
    Language("tsx", (".tsx",), aliases=("typescriptreact",), grammar="tsx", definitions=_TYPESCRIPT),
    Language(
        "go",
        (".go",),
        aliases=("golang",),
        grammar="go",
        definitions="""
            (function_declaration name: (_) @name) @function
            (method_declaration receiver: (parameter_list (parameter_declaration type: [
                (type_identifier) @container (pointer_type (type_identifier) @container)
                (generic_type type: (_) @container) (pointer_type (generic_type type: (_) @container))]))
                name: (_) @name) @method
            (type_spec name: (_) @name type: (struct_type)) @struct
            (type_spec name: (_) @name type: (interface_type)) @interface
            (type_spec name: (_) @name) @type
            (type_alias name: (_) @name) @type
            (method_elem name: (_) @name) @declaration
            (source_file (const_declaration (const_spec name: (_) @name) @constant))
            (source_file (var_declaration (var_spec name: (_) @name) @constant))
            (comment) @comment
        """,
    ),
    Language(
        "rust",
        (".rs",),
        grammar="rust",
        definitions="""
            (function_item name: (_) @name) @function
            (function_signature_item name: (_) @name) @declaration
            (struct_item name: (_) @name) @struct
            (union_item name: (_) @name) @struct
            (enum_item name: (_) @name) @enum
            (trait_item name: (_) @name) @trait
            (impl_item type: (type_identifier) @name) @scope
            (impl_item type: (scoped_type_identifier name: (_) @name)) @scope
            (impl_item type: (generic_type type: (_) @name)) @scope
            (impl_item type: (reference_type type: (_) @name)) @scope
            (mod_item name: (_) @name body: (_)) @module
            (type_item name: (_) @name) @type
            (const_item name: (_) @name) @constant
            (static_item name: (_) @name) @constant
            (macro_definition name: (_) @name) @function
            (attribute_item) @lead
            (line_comment) @comment
            (block_comment) @comment
        """,
    ),
    Language(
        "java",
        (".java",),
        grammar="java",
        definitions="""
            (class_declaration name: (_) @name) @class
            (record_declaration name: (_) @name) @class
            (interface_declaration name: (_) @name) @interface
            (annotation_type_declaration name: (_) @name) @interface
            (enum_declaration name: (_) @name) @enum
            (method_declaration name: (_) @name body: (_)) @method
            (method_declaration name: (_) @name !body) @declaration
            (constructor_declaration name: (_) @name) @method
            (compact_constructor_declaration name: (_) @name) @method
            (line_comment) @comment
            (block_comment) @comment
        """,
    ),
    Language(
        "kotlin",
        (".kt", ".kts"),
        grammar="kotlin",
        definitions="""
            (class_declaration "class" (type_identifier) @name) @class
            (class_declaration "interface" (type_identifier) @name) @interface
            (class_declaration "enum" (type_identifier) @name) @enum
            (object_declaration (type_identifier) @name) @class
            (companion_object (type_identifier)? @name) @scope
            (function_declaration (simple_identifier) @name) @function
            (function_declaration receiver: (receiver_type (user_type . (type_identifier) @container))
                (simple_identifier) @name) @function
            (source_file (property_declaration (variable_declaration (simple_identifier) @name)) @constant)
            (type_alias (type_identifier) @name) @type
            (prefix_expression . (annotation)) @lead
            (line_comment) @comment
            (multiline_comment) @comment
        """,
    ),
    Language(
        "scala",
        (".scala", ".sc", ".sbt"),
        grammar="scala",
        definitions="""
            (class_definition name: (_) @name) @class
            (object_definition name: (_) @name) @class
            (package_object name: (_) @name) @class
            (trait_definition name: (_) @name) @trait
            (enum_definition name: (_) @name) @enum
            (function_definition name: (_) @name) @function
            (function_declaration name: (_) @name) @declaration
            (type_definition name: (_) @name) @type
            (given_definition name: (_) @name) @constant
            (compilation_unit (val_definition pattern: (identifier) @name) @constant)
            (template_body (val_definition pattern: (identifier) @name) @constant)
            (comment) @comment
            (block_comment) @comment
        """,
    ),
    Language(
        "c",
        (".c", ".h"),
        grammar="c",
        definitions=_C_FUNCTION + _C_TYPE,
    ),
    Language(
        "cpp",
        (
            ".cc",
            ".cpp",
            ".cxx",
            ".c++",
            ".hh",
            ".hpp",
            ".hxx",
            ".h++",
            ".inl",
            ".ipp",
            ".tpp",
            ".ino",
            ".h",
            ".inc",
            ".tcc",
            ".ixx",
            ".cppm",
        ),
        aliases=("cplusplus",),
        grammar="cpp",
        definitions=_CPP,
    ),
    Language("cuda", (".cu", ".cuh"), grammar="cuda", definitions=_CPP),
    Language(
        "csharp",
        (".cs", ".csx"),
        aliases=(
            "c#",
            "c-sharp",
            "dotnet",
        ),
        grammar="csharp",
        definitions="""
            (class_declaration name: (_) @name) @class
            (record_declaration name: (_) @name) @class
            (struct_declaration name: (_) @name) @struct
            (interface_declaration name: (_) @name) @interface
            (enum_declaration name: (_) @name) @enum
            (delegate_declaration name: (_) @name) @type
            (namespace_declaration name: (_) @name) @module
            (method_declaration name: (_) @name) @method
            (constructor_declaration name: (_) @name) @method
            (destructor_declaration name: (_) @name) @method
            (operator_declaration operator: (_) @name) @method
            (local_function_statement name: (_) @name) @function
            (property_declaration name: (_) @name) @property
            (event_declaration name: (_) @name) @property
            (comment) @comment
        """,
    ),
    Language(
        "swift",
        (".swift",),
        grammar="swift",
        definitions="""
            (class_declaration declaration_kind: "class" name: (_) @name) @class
            (class_declaration declaration_kind: "actor" name: (_) @name) @class
            (class_declaration declaration_kind: "struct" name: (_) @name) @struct
            (class_declaration declaration_kind: "enum" name: (_) @name) @enum
            (class_declaration declaration_kind: "extension" name: (_) @name) @scope
            (protocol_declaration name: (_) @name) @interface
            (function_declaration name: (simple_identifier) @name) @function
            (protocol_function_declaration name: (simple_identifier) @name) @declaration
            (init_declaration "init" @name) @method
            (deinit_declaration "deinit" @name) @method
            (subscript_declaration "subscript" @name) @method
            (property_declaration name: (pattern bound_identifier: (_) @name)
                computed_value: (_)) @property
            (source_file (property_declaration name: (pattern bound_identifier: (_) @name)) @constant)
            (typealias_declaration name: (type_identifier) @name) @type
            (comment) @comment
            (multiline_comment) @comment
        """,
    ),
    Language(
        "ruby",
        (".rb", ".rake", ".gemspec", ".ru", ".rbi", ".podspec"),
        filenames=("Rakefile", "Gemfile", "Guardfile", "Vagrantfile", "Podfile", "Fastfile", "Brewfile"),
        interpreters=("ruby", "jruby"),
        grammar="ruby",
        definitions="""
            (class name: (_) @name) @class
            (module name: (_) @name) @module
            (method name: (_) @name) @function
            (singleton_method name: (_) @name) @method
            (assignment left: (constant) @name) @constant
            (alias name: (_) @name) @declaration
            (call !receiver method: (identifier) @_helper
                (#any-of? @_helper "sig" "desc" "long_desc" "option" "method_option")) @lead
            (comment) @comment
        """,
    ),
    Language(
        "php",
        (".php", ".php5", ".phtml", ".phps"),
        interpreters=("php",),
        grammar="php",
        definitions="""
            (function_definition name: (_) @name) @function
            (method_declaration name: (_) @name) @method
            (class_declaration name: (_) @name) @class
            (interface_declaration name: (_) @name) @interface
            (trait_declaration name: (_) @name) @trait
            (enum_declaration name: (_) @name) @enum
            (namespace_definition name: (_) @name body: (_)) @module
            (const_declaration (const_element (name) @name)) @constant
            (comment) @comment
        """,
    ),
    Language(
        "elixir",
        (".ex", ".exs"),
        interpreters=("elixir",),
        grammar="elixir",
        definitions="""
            (call target: (identifier) @_keyword (arguments . (alias) @name)
                (#any-of? @_keyword "defmodule" "defprotocol")) @module
            (call target: (identifier) @_keyword (arguments . (alias) @name)
                (#eq? @_keyword "defimpl")) @scope
            (call target: (identifier) @_keyword (arguments . [
                (identifier) @name
                (call target: (identifier) @name)
                (binary_operator left: (call target: (identifier) @name))
                (binary_operator left: (identifier) @name)])
                (#any-of? @_keyword
                    "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate")) @function
            (unary_operator operand: (call target: (identifier) @_attribute)
                (#any-of? @_attribute "doc" "typedoc")) @comment
            (unary_operator operand: (call target: (identifier) @_attribute)
                (#any-of? @_attribute "spec" "impl" "deprecated" "since")) @lead
            (unary_operator operand: (call target: (identifier) @_attribute (arguments (string) @doc))
                (#eq? @_attribute "moduledoc"))
            (comment) @comment
        """,
    ),
    Language(
        "haskell",
        (".hs", ".lhs", ".hsc"),
        interpreters=("runghc", "runhaskell", "stack"),
        grammar="haskell",
        definitions="""
            (declarations (function name: (_) @name) @function)
            (declarations (function (infix operator: (_) @name)) @function)
            (declarations (bind name: (_) @name) @function)
            (class_declarations (function name: (_) @name) @function)
            (class_declarations (bind name: (_) @name) @function)
            (class_declarations (signature name: (_) @name) @declaration)
            (instance_declarations (function name: (_) @name) @function)
            (instance_declarations (bind name: (_) @name) @function)
            (data_type name: (_) @name) @type
            (newtype name: (_) @name) @type
            (type_synomym name: (_) @name) @type
            (type_family name: (_) @name) @type
            (class name: (_) @name) @trait
            (instance name: (_) @container patterns: (_) @name) @scope
            (declarations (signature) @lead)
            (pragma) @lead
            (comment) @comment
            (haddock) @comment
        """,
    ),
    Language(
        "lua",
        (".lua", ".rockspec", ".nse"),
        filenames=(".luacheckrc",),
        interpreters=("lua", "luajit", "texlua"),
        grammar="lua",
        definitions="""
            (function_declaration name: (_) @name) @function
            (assignment_statement (variable_list . name: (_) @name)
                (expression_list . value: (function_definition))) @function
            (table_constructor (field name: (identifier) @name value: (function_definition)) @function)
            (chunk (variable_declaration (assignment_statement (variable_list . name: (identifier) @name)))
                @constant)
            (comment) @comment
        """,
    ),
    Language(
        "luau",
        (".luau",),
        grammar="luau",
        definitions="""
            (function_declaration name: (_) @name) @function
            (assignment_statement (variable_list . name: (_) @name)
                (expression_list . value: (function_definition))) @function
            (type_definition name: (_) @name) @type
            (chunk (variable_declaration (assignment_statement (variable_list . name: (identifier) @name)))
                @constant)
            (comment) @comment
        """,
    ),
    Language(
        "zig",
        (".zig", ".zon"),
        grammar="zig",
        definitions="""
            (Decl (FnProto function: (IDENTIFIER) @name)) @function
            (Decl (VarDecl variable_type_function: (IDENTIFIER) @name
                (ErrorUnionExpr (SuffixExpr (ContainerDecl))))) @struct
            (source_file (Decl (VarDecl variable_type_function: (IDENTIFIER) @name)) @constant)
            (TestDecl (STRINGLITERALSINGLE) @name) @function
            (doc_comment) @comment
            (line_comment) @comment
            (container_doc_comment) @doc
        """,
    ),
    Language(
        "bash",
        (
            ".sh",
            ".bash",
            ".zsh",
            ".ksh",
            ".bats",
            ".ebuild",
            ".bash_profile",
            ".bashrc",
            ".zshrc",
            ".zshenv",
            ".zprofile",
            ".zsh-theme",
        ),
        aliases=(
            "shell",
            "shellscript",
        ),
        filenames=("PKGBUILD", ".profile", ".envrc", "configure.ac"),
        interpreters=("sh", "bash", "zsh", "dash", "ksh", "bats"),
        grammar="bash",
        plain_names=True,
        definitions="""
            (function_definition name: (_) @name) @function
            (program (declaration_command (variable_assignment name: (_) @name)) @constant)
            (comment) @comment
        """,
        headings=r"\s*(?:function\s+(?P<name>[\w:.+@/-]+)(?:\s*\(\s*\))?\s*(?:\{|$)"
        r"|(?P<other>[\w:.+@/-]+)\s*\(\s*\)\s*(?:[{(]|$))",
        heading_kind="function",
        closing="}",
        line_comment="#",
    ),
    Language(
        "dart",
        (".dart",),
        grammar="dart",
        definitions="""
            (class_definition name: (_) @name) @class
            (mixin_declaration (identifier) @name) @class
            (extension_declaration class: (_) @name) @scope
            (enum_declaration name: (_) @name) @enum
            (type_alias . (type_identifier) @name) @type
            ((function_signature name: (_) @name) @function . (function_body) @end)
            ((method_signature (function_signature name: (_) @name)) @method . (function_body) @end)
            ((method_signature (getter_signature name: (_) @name)) @method . (function_body) @end)
            ((method_signature (constructor_signature name: (_) @name)) @method . (function_body) @end)
            ((method_signature (factory_constructor_signature (identifier) @name)) @method
                . (function_body) @end)
            (annotation) @lead
            (comment) @comment
            (documentation_comment) @comment
        """,
    ),
    Language(
        "julia",
        (".jl",),
        interpreters=("julia",),
        grammar="julia",
        definitions="""
            (module_definition name: (_) @name) @module
            (function_definition (signature (call_expression . (_) @name))) @function
            (function_definition (signature (_ (call_expression . (_) @name)))) @function
            (macro_definition (signature (call_expression . (_) @name))) @function
            (assignment . (call_expression . (identifier) @name)) @function
            (assignment . (call_expression . (field_expression (identifier) @name .))) @function
            (assignment . (typed_expression . (call_expression . (_) @name))) @function
            (assignment . (where_expression . (call_expression . (_) @name))) @function
            (assignment . (where_expression . (typed_expression . (call_expression . (_) @name)))) @function
            (macrocall_expression (macro_identifier (identifier) @_macro)
                (macro_argument_list . (identifier) @name) (#eq? @_macro "enum")) @enum
            (primitive_definition (type_head (identifier) @name)) @type
            (struct_definition (type_head (identifier) @name)) @struct
            (struct_definition (type_head (_ . (identifier) @name))) @struct
            (struct_definition (type_head (_ . (_ . (identifier) @name)))) @struct
            (abstract_definition (type_head (identifier) @name)) @type
            (const_statement (assignment . (identifier) @name)) @constant
            (string_literal) @comment
            (line_comment) @comment
            (block_comment) @comment
        """,
    ),
    Language(
        "r",
        (".r", ".rprofile"),
        aliases=("rlang",),
        interpreters=("rscript", "Rscript"),
        grammar="r",
        plain_names=True,
        definitions="""
            (binary_operator lhs: (_) @name rhs: (function_definition)) @function
            (binary_operator lhs: (_) @name rhs: (call function: (_) @_maker)
                (#match? @_maker "(^|:)(R6Class|setRefClass|ggproto|new_class)$")) @class
            (binary_operator rhs: (call function: (_) @_maker arguments: (arguments (argument
                value: (call arguments: (arguments (argument name: (identifier) @name
                    value: (function_definition)) @method)))))
                (#match? @_maker "(^|:)(R6Class|setRefClass)$"))
            (call function: (identifier) @_maker arguments: (arguments . (argument value: (string) @name))
                (#any-of? @_maker "setGeneric" "setMethod" "setReplaceMethod")) @function
            (call function: (identifier) @_maker arguments: (arguments . (argument value: (string) @name))
                (#any-of? @_maker "setClass" "setClassUnion")) @class
            (program (binary_operator lhs: (identifier) @name operator: ["<-" "="]) @constant)
            (comment) @comment
        """,
    ),
    Language(
        "ocaml",
        (".ml",),
        interpreters=("ocaml",),
        grammar="ocaml",
        definitions="""
            (value_definition (let_binding pattern: (value_name) @name)) @function
            (external (value_name) @name) @declaration
            (type_definition (type_binding name: (_) @name)) @type
            (exception_definition (constructor_declaration . (_) @name)) @type
            (module_definition (module_binding (module_name) @name)) @module
            (module_type_definition (module_type_name) @name) @interface
            (class_definition (class_binding (class_name) @name)) @class
            (method_definition (method_name) @name) @method
            (comment) @comment
        """,
    ),
    Language(
        "ocaml_interface",
        (".mli",),
        grammar="ocaml_interface",
        definitions="""
            (value_specification (value_name) @name) @declaration
            (external (value_name) @name) @declaration
            (type_definition (type_binding name: (_) @name)) @type
            (exception_definition (constructor_declaration . (_) @name)) @type
            (module_definition (module_binding (module_name) @name)) @module
            (module_type_definition (module_type_name) @name) @interface
            (comment) @comment
        """,
    ),
    Language(
        "erlang",
        (".erl", ".hrl", ".escript"),
        filenames=("rebar.config",),
        interpreters=("escript",),
        grammar="erlang",
        plain_names=True,
        definitions="""
            (fun_decl clause: (function_clause name: (_) @name)) @function
            (record_decl name: (_) @name) @struct
            (pp_define lhs: (macro_lhs name: (_) @name)) @constant
            (type_alias name: (type_name name: (_) @name)) @type
            (opaque name: (type_name name: (_) @name)) @type
            (callback fun: (_) @name) @declaration
            (spec) @lead
            (wild_attribute) @lead
            (comment) @comment
        """,
    ),
    Language(
        "fsharp",
        (".fs", ".fsx", ".fsi"),
        aliases=(
            "f#",
            "f-sharp",
        ),
        grammar="fsharp",
        definitions="""
            (function_or_value_defn (function_declaration_left . (_) @name)) @function
            (type_definition (_ (type_name type_name: (_) @name))) @type
            (member_defn (method_or_prop_defn name: (_) @name)) @method
            (module_defn (identifier) @name) @module
            (attributes) @lead
            (line_comment) @comment
            (block_comment) @comment
        """,
    ),
    Language(
        "elm",
        (".elm",),
        grammar="elm",
        definitions="""
            (value_declaration functionDeclarationLeft: (_ . (lower_case_identifier) @name)) @function
            (type_declaration name: (_) @name) @type
            (type_alias_declaration name: (_) @name) @type
            (port_annotation name: (_) @name) @declaration
            (type_annotation) @lead
            (line_comment) @comment
            (block_comment) @comment
        """,
    ),
    Language(
        "gleam",
        (".gleam",),
        grammar="gleam",
        definitions="""
            (function name: (_) @name) @function
            (type_definition (type_name name: (_) @name)) @type
            (type_alias (type_name name: (_) @name)) @type
            (constant name: (_) @name) @constant
            (attribute) @lead
            (statement_comment) @comment
            (comment) @comment
        """,
    ),
    Language(
        "purescript",
        (".purs",),
        grammar="purescript",
        definitions="""
            (function name: (_) @name) @function
            (data name: (_) @name) @type
            (newtype name: (_) @name) @type
            (type_alias name: (_) @name) @type
            (foreign_import name: (_) @name) @declaration
            (class_declaration (class_head (class_name) @name)) @trait
            (signature) @lead
            (comment) @comment
        """,
    ),
    Language(
        "clojure",
        (".clj", ".cljs", ".cljc", ".edn", ".bb"),
        aliases=("clojurescript",),
        interpreters=("bb", "clojure"),
        grammar="clojure",
        plain_names=True,
        definitions="""
            (source (list_lit . (sym_lit) @_keyword . (sym_lit (sym_name) @name)
                (#any-of? @_keyword "defn" "defn-" "defmacro" "defmulti" "defmethod" "deftest")) @function)
            (source (list_lit . (sym_lit) @_keyword . (sym_lit (sym_name) @name)
                (#any-of? @_keyword "def" "defonce")) @constant)
            (source (list_lit . (sym_lit) @_keyword . (sym_lit (sym_name) @name)
                (#any-of? @_keyword "defprotocol" "defrecord" "deftype" "definterface")) @type)
            (source (list_lit . (sym_lit) @_keyword . (sym_lit (sym_name) @name)
                (#match? @_keyword "(^|[/-])def")
                (#not-match? @_keyword "^(def|defonce|defprotocol|defrecord|deftype|definterface)$")
                ) @function)
            (comment) @comment
        """,
    ),
    Language(
        "commonlisp",
        (".lisp", ".lsp", ".cl", ".asd"),
        aliases=("common-lisp",),
        interpreters=("sbcl",),
        grammar="commonlisp",
        plain_names=True,
        definitions="""
            (list_lit (defun (defun_header function_name: (_) @name))) @function
            (source (list_lit . (sym_lit) @_keyword . (sym_lit) @name
                (#any-of? @_keyword "defclass" "define-condition" "defstruct")) @class)
            (source (list_lit . (sym_lit) @_keyword . (list_lit . (sym_lit) @name)
                (#eq? @_keyword "defstruct")) @class)
            (source (list_lit . (sym_lit) @_keyword . (sym_lit) @name (#eq? @_keyword "deftype")) @type)
            (source (list_lit . (sym_lit) @_keyword . (sym_lit) @name
                (#any-of? @_keyword "defvar" "defparameter" "defconstant")) @constant)
            (comment) @comment
        """,
    ),
    Language(
        "elisp",
        (".el",),
        aliases=(
            "emacs-lisp",
            "emacs",
        ),
        grammar="elisp",
        plain_names=True,
        definitions="""
            (function_definition name: (_) @name) @function
            (macro_definition name: (_) @name) @function
            (special_form "defvar" . (symbol) @name) @constant
            (special_form "defconst" . (symbol) @name) @constant
            (list . (symbol) @_keyword . (symbol) @name (#match? @_keyword
                "^(cl-def(un|subst|macro|method|generic)|def(method|generic|advice|un-.*)|(iter-defun|ert-deftest))$"
                )) @function
            (list . (symbol) @_keyword . (symbol) @name (#match? @_keyword
                "^(define-(minor-mode|global.*-mode|derived-mode|compilation-mode|inline|advice)|transient-define-.*)$"
                )) @function
            (list . (symbol) @_keyword . (symbol) @name
                (#any-of? @_keyword "defcustom" "defface" "defvar-local" "defvar-keymap")) @constant
            (list . (symbol) @_keyword . [(symbol) @name (list . (symbol) @name)]
                (#any-of? @_keyword "cl-defstruct" "defclass")) @class
            (comment) @comment
        """,
    ),
    Language(
        "scheme",
        (".scm", ".ss", ".sld", ".sls"),
        interpreters=("guile",),
        grammar="scheme",
        plain_names=True,
        definitions=_SCHEME,
    ),
    Language(
        "racket",
        (".rkt",),
        interpreters=("racket",),
        grammar="racket",
        plain_names=True,
        definitions=_SCHEME,
    ),
    Language(
        "objc",
        (".m", ".mm"),
        aliases=(
            "objective-c",
            "objectivec",
            "obj-c",
            "objective-c++",
        ),
        grammar="objc",
        definitions=_C_FUNCTION
        + _C_TYPE
        + """
            (class_interface . (identifier) @name) @interface
            (class_implementation . (identifier) @name) @class
            (protocol_declaration . (identifier) @name) @interface
            (method_definition (method_type) . (identifier) @name) @method
            (method_declaration (method_type) . (identifier) @name) @declaration
        """,
    ),
    Language(
        "powershell",
        (".ps1", ".psm1", ".psd1"),
        aliases=("pwsh",),
        interpreters=("pwsh",),
        grammar="powershell",
        plain_names=True,
        definitions="""
            (function_statement (function_name) @name) @function
            (class_statement . (simple_name) @name) @class
            (class_method_definition (simple_name) @name) @method
            (enum_statement . (simple_name) @name) @enum
            (comment) @comment
        """,
    ),
    Language(
        "solidity",
        (".sol",),
        grammar="solidity",
        definitions="""
            (contract_declaration name: (_) @name) @class
            (library_declaration name: (_) @name) @class
            (interface_declaration name: (_) @name) @interface
            (struct_declaration name: (_) @name) @struct
            (enum_declaration name: (_) @name) @enum
            (function_definition name: (_) @name) @function
            (modifier_definition name: (_) @name) @method
            (event_definition name: (_) @name) @declaration
            (error_declaration name: (_) @name) @declaration
            (constructor_definition "constructor" @name) @method
            (fallback_receive_definition ["receive" "fallback"] @name) @method
            (user_defined_type_definition name: (_) @name) @type
            (state_variable_declaration name: (_) @name) @constant
            (constant_variable_declaration name: (_) @name) @constant
            (comment) @comment
        """,
    ),
    Language(
        "d",
        (".d", ".di"),
        aliases=("dlang",),
        grammar="d",
        definitions="""
            (class_declaration . (class) . (identifier) @name) @class
            (struct_declaration . (struct) . (identifier) @name) @struct
            (interface_declaration . (interface) . (identifier) @name) @interface
            (enum_declaration (identifier) @name (enum_member)) @enum
            (function_declaration (identifier) @name (function_body)) @function
            (template_declaration . (template) . (identifier) @name) @function
            (comment) @comment
        """,
    ),
    Language(
        "nim",
        (".nim", ".nims"),
        grammar="nim",
        definitions="""
            (proc_declaration name: [(identifier) @name (exported_symbol (identifier) @name)]) @function
            (func_declaration name: [(identifier) @name (exported_symbol (identifier) @name)]) @function
            (method_declaration name: [(identifier) @name (exported_symbol (identifier) @name)]) @method
            (iterator_declaration name: [(identifier) @name (exported_symbol (identifier) @name)]) @function
            (template_declaration name: [(identifier) @name (exported_symbol (identifier) @name)]) @function
            (macro_declaration name: [(identifier) @name (exported_symbol (identifier) @name)]) @function
            (converter_declaration name: [(identifier) @name (exported_symbol (identifier) @name)]) @function
            (source_file (const_section (variable_declaration (symbol_declaration_list . (symbol_declaration
                name: [(identifier) @name (exported_symbol (identifier) @name)]))) @constant))
            (type_declaration (type_symbol_declaration name: [
                (identifier) @name (exported_symbol (identifier) @name)])) @type
            (comment) @comment
            (documentation_comment) @comment
        """,
    ),
    Language(
        "v",
        (".vsh", ".v"),
        aliases=("vlang",),
        grammar="v",
        definitions="""
            (function_declaration name: (_) @name) @function
            (struct_declaration name: (_) @name) @struct
            (enum_declaration name: (_) @name) @enum
            (interface_declaration name: (_) @name) @interface
            (type_declaration name: (_) @name) @type
            (const_spec name: (_) @name) @constant
            (comment) @comment
        """,
        headings=r"(?:pub\s+)?(?:(?P<kind>fn|struct|enum|interface|type|union)\s+(?:\([^)\n]*\)\s*)?"
        r"(?:C\.|JS\.)?(?P<name>\w+)|const\s+(?P<other>\w+)\s*=)",
        heading_kind="constant",
        line_comment="//",
        block_comments=((r"/\*", r"\*/"),),
        between=r"@\[|\[",
        closing="}",
    ),
    Language(
        "odin",
        (".odin",),
        grammar="odin",
        definitions="""
            (procedure_declaration . (identifier) @name) @function
            (procedure_declaration (attributes) . (identifier) @name) @function
            (overloaded_procedure_declaration . (identifier) @name) @function
            (struct_declaration . (identifier) @name) @struct
            (struct_declaration (attributes) . (identifier) @name) @struct
            (union_declaration . (identifier) @name) @struct
            (enum_declaration . (identifier) @name) @enum
            (source_file (const_declaration . (identifier) @name) @constant)
            (comment) @comment
        """,
    ),
    Language(
        "pascal",
        (".pas", ".dpr", ".lpr", ".pp"),
        aliases=(
            "delphi",
            "objectpascal",
        ),
        grammar="pascal",
        definitions="""
            (defProc header: (declProc name: (_) @name)) @function
            (declType name: (_) @name) @type
            (declConst name: (_) @name) @constant
            (comment) @comment
        """,
    ),
    Language(
        "fortran",
        (".f90", ".f95", ".f03", ".f08", ".for", ".f", ".f77"),
        grammar="fortran",
        definitions="""
            (module (module_statement (name) @name)) @module
            (program (program_statement (name) @name)) @function
            (interface (interface_statement (name) @name)) @interface
            (subroutine (subroutine_statement name: (_) @name)) @function
            (function (function_statement name: (_) @name)) @function
            (derived_type_definition (derived_type_statement (type_name) @name)) @struct
            (comment) @comment
        """,
        line_comment=r"(?:!+|[Cc*])[<>$]?",
        respelled=_FIXED_FORM,
    ),
    Language(
        "verilog",
        (".sv", ".svh", ".vh", ".v"),
        aliases=("systemverilog",),
        grammar="verilog",
        definitions="""
            (module_declaration (module_header (simple_identifier) @name)) @module
            (package_declaration (package_identifier) @name) @module
            (program_declaration (_ (program_identifier) @name)) @module
            (interface_declaration (_ (interface_identifier) @name)) @interface
            (class_declaration . (class_identifier) @name) @class
            (class_constructor_declaration "new" @name) @method
            (type_declaration (simple_identifier) @name) @type
            (text_macro_definition (text_macro_name (text_macro_identifier) @name)) @constant
            (function_declaration (_ (function_identifier) @name)) @function
            (task_declaration (_ (task_identifier) @name)) @function
            (attribute_instance) @lead
            (comment) @comment
        """,
    ),
    Language(
        "vhdl",
        (".vhd", ".vhdl"),
        grammar="vhdl",
        definitions="""
            (entity_declaration name: (_) @name) @class
            (architecture_body name: (_) @name) @module
            (package_declaration name: (_) @name) @module
            (package_body . (_) @name) @module
            (function_body designator: (_) @name) @function
            (procedure_body designator: (_) @name) @function
            (function_declaration designator: (_) @name) @declaration
            (procedure_declaration designator: (_) @name) @declaration
            (process_statement (label (_) @name)) @function
            (component_declaration name: (_) @name) @declaration
            (full_type_declaration name: (_) @name) @type
            (comment) @comment
        """,
    ),
    Language(
        "haxe",
        (".hx",),
        grammar="haxe",
        definitions="""
            (class_declaration name: (_) @name) @class
            (interface_declaration name: (_) @name) @interface
            (function_declaration name: (_) @name) @function
            (metadata) @lead
            (comment) @comment
        """,
        headings=r"(?P<level>[ \t]*)(?:@\S+\s+)*(?:(?:public|private|static|inline|override|extern|final"
        r"|dynamic|macro)\s+)*"
        r"(?P<kind>function|class|interface|enum|typedef|abstract)\s+(?!abstract\b)(?P<name>\w+)",
        line_comment="//",
        block_comments=((r"/\*", r"\*/"),),
        between=r"\s*@",
        closing="}",
    ),
    Language(
        "gdscript",
        (".gd",),
        grammar="gdscript",
        definitions="""
            (function_definition name: (_) @name) @function
            (class_definition name: (_) @name) @class
            (const_statement name: (_) @name) @constant
            (enum_definition name: (_) @name) @enum
            (signal_statement name: (_) @name) @declaration
            (source (variable_statement name: (_) @name) @constant)
            (annotation) @lead
            (comment) @comment
        """,
    ),
    Language(
        "wgsl",
        (".wgsl",),
        grammar="wgsl",
        definitions="""
            (function_declaration name: (_) @name) @function
            (struct_declaration name: (_) @name) @struct
            (type_alias_declaration (identifier) @name) @type
            (global_constant_declaration (variable_identifier_declaration name: (_) @name)) @constant
            (global_variable_declaration (variable_declaration
                (variable_identifier_declaration name: (_) @name))) @constant
            (line_comment) @comment
            (block_comment) @comment
        """,
        respelled=((r"(?m)^const\b", "let"), (r"(?m)^alias\b", "type")),
    ),
    Language(
        "glsl",
        (".glsl", ".vert", ".frag", ".comp", ".geom", ".tesc", ".tese", ".fs"),
        aliases=("opengl",),
        grammar="glsl",
        definitions=_C_FUNCTION + _C_TYPE,
    ),
    Language(
        "opencl",
        (".cl", ".clcpp", ".opencl"),
        aliases=("open-cl",),
        grammar="c",
        definitions=_C_FUNCTION + _C_TYPE,
        respelled=(
            (
                r"\b(?:__kernel|kernel|__global|global|__local|local|__constant|constant|__private|private"
                r"|__read_only|read_only|__write_only|write_only|__attribute__\s*\(\([^()]{0,200}(?:\([^()]{0,200}\))?"
                r"[^()]{0,50}\)\))(?=[\s*])",
                "",
            ),
        ),
    ),
    Language(
        "renderscript",
        (".rsh", ".rs", ".fs"),
        aliases=("filterscript",),
        grammar="c",
        definitions=_C_FUNCTION + _C_TYPE,
    ),
    Language(
        "hlsl",
        (".hlsl", ".hlsli", ".fx", ".fxh", ".cginc"),
        grammar="hlsl",
        definitions=_C_FUNCTION
        + _C_TYPE
        + """
            ((declaration type: (type_identifier) @_buffer declarator: (identifier) @name) @struct
                . (compound_statement) @end (#match? @_buffer "^[ct]buffer$"))
        """,
    ),
    Language(
        "fish",
        (".fish",),
        interpreters=("fish",),
        grammar="fish",
        plain_names=True,
        definitions="""
            (function_definition name: (_) @name) @function
            (comment) @comment
        """,
    ),
    Language(
        "tcl",
        (".tcl", ".tm", ".exp"),
        aliases=("expect",),
        interpreters=("tclsh", "wish", "expect"),
        grammar="tcl",
        plain_names=True,
        definitions="""
            (procedure name: (_) @name) @function
            (namespace (word_list . (simple_word) @_eval . (simple_word) @name) (#eq? @_eval "eval")) @module
            (command name: (simple_word) @_class arguments: (word_list . (simple_word) @_create . (_) @name)
                (#match? @_class "^(::)?oo::(class|abstract|singleton)$") (#eq? @_create "create")) @class
            (command name: (simple_word) @_class arguments: (word_list . (simple_word) @name . (braced_word))
                (#match? @_class "^(::)?(snit::(type|widget|widgetadaptor)|itcl::class)$")) @class
            (command name: (simple_word) @_member arguments: (word_list . (simple_word) @name .
                (_) . (braced_word)) (#any-of? @_member "method" "typemethod" "classmethod")) @method
            (comment) @comment
        """,
    ),
    Language(
        "vim",
        (".vim", ".vimrc"),
        aliases=(
            "viml",
            "vimscript",
        ),
        grammar="vim",
        plain_names=True,
        definitions="""
            (function_definition (function_declaration name: (_) @name)) @function
            (command_statement name: (_) @name) @function
            (comment) @comment
        """,
    ),
    Language(
        "cmake",
        (".cmake",),
        filenames=("CMakeLists.txt",),
        grammar="cmake",
        plain_names=True,
        definitions="""
            (function_def (function_command (argument_list . (argument) @name))) @function
            (macro_def (macro_command (argument_list . (argument) @name))) @function
            (normal_command (identifier) @_command (argument_list . (argument) @name)
                (#any-of? @_command "add_library" "add_executable" "add_custom_target")) @section
            (normal_command (identifier) @_command (argument_list . (argument) @name)
                (#eq? @_command "option")) @constant
            (line_comment) @comment
        """,
    ),
    Language(
        "proto",
        (".proto",),
        aliases=(
            "protobuf",
            "proto3",
        ),
        grammar="proto",
        definitions="""
            (message (message_name) @name) @class
            (enum (enum_name) @name) @enum
            (service (service_name) @name) @interface
            (rpc (rpc_name) @name) @method
            (comment) @comment
        """,
    ),
    Language(
        "thrift",
        (".thrift",),
        grammar="thrift",
        definitions="""
            (struct_definition type: (_) @name) @struct
            (service_definition . type: (_) @name) @interface
            (function_definition (identifier) @name) @declaration
            (union_definition type: (_) @name) @struct
            (exception_definition . (identifier) @name) @struct
            (typedef_definition (typedef_identifier) @name) @type
            (const_definition (identifier) @name) @constant
            (enum_definition . type: (_) @name) @enum
            (comment) @comment
        """,
    ),
    Language(
        "prisma",
        (".prisma",),
        grammar="prisma",
        definitions="""
            (model_block (identifier) @name) @type
            (enum_block . (identifier) @name) @enum
            (comment) @comment
            (document_comment) @comment
        """,
        respelled=((r"@@?map\s*\([^()\n]*\)", ""),),
    ),
    Language(
        "hcl",
        (".tf", ".hcl", ".tfvars"),
        aliases=("terraform",),
        grammar="hcl",
        definitions="""
            (config_file (body (block (identifier) @container (string_lit (template_literal) @name) .
                (block_start)) @constant))
            (config_file (body (block . (identifier) @container @_locals . (block_start)
                . (body (attribute . (identifier) @name) @constant)) (#eq? @_locals "locals")))
            (comment) @comment
        """,
    ),
)
"""Languages with a grammar."""
