"""The widgets that the timeline view consists of."""
