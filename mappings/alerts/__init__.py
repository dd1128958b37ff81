"""Who is told: impact, composing, the outbox, delivery and acknowledgement."""
