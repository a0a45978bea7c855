"""What is known of a cluster that was watched."""
