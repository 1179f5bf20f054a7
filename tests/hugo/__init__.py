"""A Hugo blog beside kb: adopted where it stands, and given what kb found."""
