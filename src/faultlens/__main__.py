"""`python -m faultlens` is the command `faultlens`."""

from faultlens.cli.main import main

if __name__ == "__main__":
    main()
