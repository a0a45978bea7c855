"""Where rows, times and columns lie. Arithmetic without Qt."""
