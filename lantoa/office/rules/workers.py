"""How a worker is known to the database."""

NAME = "lantoa worker"  # its application_name
