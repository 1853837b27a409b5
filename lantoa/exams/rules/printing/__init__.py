"""Papers, answer sheets and keys as PDF, set by typst. No text of an author is ever read as markup of typst."""
