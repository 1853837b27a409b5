"""The front of the house: home, desks and pages that join rooms."""
