"""Acts over many records at once: chosen, looked at, done in one transaction, taken back."""
