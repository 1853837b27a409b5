"""What every office needs: files, imports with preview, long jobs, numbered documents, working days."""
