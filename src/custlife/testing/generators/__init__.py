"""What Hypothesis draws: events, histories, relationships, departures, lifecycles, profiles."""
