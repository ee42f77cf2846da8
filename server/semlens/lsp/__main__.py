"""`python -I -m semlens.lsp` is the language server on stdin and stdout."""

from semlens.lsp.server import main

if __name__ == "__main__":
    main()
