"""What the cleaner knows of HTML, of WordPress and of its plug-ins."""
