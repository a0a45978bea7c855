"""What is asked of the operating system: processes, process trees, whole files. Any process."""
