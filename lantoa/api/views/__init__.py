"""The resources for machines, the documentation, and the pages for administrators."""
