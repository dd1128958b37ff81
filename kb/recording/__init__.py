"""From captured documents to rows: texts, versions, events; reading again without telling anybody."""
