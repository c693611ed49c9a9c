"""The entry point: settings, addresses, server and command line; no package imports it."""
