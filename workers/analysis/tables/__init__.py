"""Tables of a run's tasks, a trace's spans and an interval's lanes."""
