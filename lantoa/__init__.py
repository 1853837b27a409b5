"""The office of a digital-transformation programme, one package per room."""
