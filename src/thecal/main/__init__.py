"""The switchboard: settings, addresses, server and command line; it joins the rooms and nobody imports it."""
