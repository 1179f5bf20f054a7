"""A published programme → `Schedule`; which of its sessions the notes tell of, and what it adds."""
