"""``python -m thecal`` is the command ``thecal``."""

from thecal.main.cli import main

if __name__ == "__main__":
    main()
