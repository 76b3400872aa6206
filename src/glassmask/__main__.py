"""`python -m glassmask`: the command line, also for launchers that start modules."""

from glassmask.cli.app import main

if __name__ == "__main__":
    main()
