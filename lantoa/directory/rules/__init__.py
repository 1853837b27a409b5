"""The rules of the directory: periods, lists of units and the changes they bring, names, searching. No Django."""
