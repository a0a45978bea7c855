"""Why a run is not faster: each kind of advice is a module here."""
