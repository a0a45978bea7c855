"""The panels around the timeline: the plan, the output, the processes, the code and the details of what is selected."""
