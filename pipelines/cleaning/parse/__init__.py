"""From HTML to events: what the parser found, before anybody decides what it means."""
