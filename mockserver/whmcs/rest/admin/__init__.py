"""An administrator's session, searches, and masquerading as a user."""
