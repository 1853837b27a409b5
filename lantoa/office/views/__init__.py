"""The pages of the office: files, jobs, imports, documents."""
