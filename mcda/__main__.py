"""``python -m mcda`` is the command."""

from mcda.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
