from lantoa.directory.actions.units import Changes, import_units
