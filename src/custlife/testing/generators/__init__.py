"""Hypothesis strategies: events, histories, relationships, departures, lifecycles."""
