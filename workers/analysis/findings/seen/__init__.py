"""What there is to see in a run that went well."""
