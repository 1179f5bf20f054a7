"""What things are: frozen, typed values, and nothing that touches the world."""
