"""Rules of workshops: values in, values out."""
