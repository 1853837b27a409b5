"""Who did what, when, about what: one line per action, sealed so that a changed line is found."""
