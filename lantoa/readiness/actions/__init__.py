"""What can be done: load an index, hold a campaign, answer, review, appeal, publish."""
