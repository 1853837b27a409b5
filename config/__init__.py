"""How the house is started: settings, addresses, command line, server, embedded database."""
