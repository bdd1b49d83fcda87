"""One way in for files: detect, map, check, apply, undo (docs/importing.md).

`table` finds out how a file is to be read, `mapping` which column goes where, `guessing` how it writes days
and amounts; `running` passes the rows through the importer of the target and keeps what became of each;
`undoing` takes an import back. Importers are declared one a target, here and in the apps above.
"""
