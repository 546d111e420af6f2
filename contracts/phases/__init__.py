"""The phases of a run: witnesses, request clauses, fuzz, laws. How each is carried out."""
