"""What is shown and kept when Procession itself fails."""
