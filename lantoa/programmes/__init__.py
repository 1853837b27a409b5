"""Why we act: programmes with their decision, period, partners and fields."""
