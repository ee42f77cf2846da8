"""`python -m semlens` is the command line."""

from semlens.cli import main

if __name__ == "__main__":
    main()
