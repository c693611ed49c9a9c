"""The scripts that made the files ran with the code of their day; today's tests do not import them."""

collect_ignore_glob = ["*/make*.py"]
