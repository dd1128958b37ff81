"""What the law asks of what the company has: transfers, entities, conditions, routes, filings, duties."""
