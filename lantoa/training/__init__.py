"""Classes from roster to certificate: meetings, enrolments, marks, completion, papers."""
