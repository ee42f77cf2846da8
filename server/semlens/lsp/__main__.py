"""`python -I -m semlens.lsp` is the language server on stdin and stdout."""

from semlens.lsp.start import serve

if __name__ == "__main__":
    serve()
