"""What the page of a customer tells."""
