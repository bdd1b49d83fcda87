"""A person's day: next steps, Today, the sweep, reminders, the week."""
