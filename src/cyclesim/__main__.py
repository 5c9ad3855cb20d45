"""`python -m cyclesim` is `cyclesim`."""

from cyclesim.cli import main

if __name__ == "__main__":
    main()
