"""Screens for those who run the workbench."""
