"""How numbers are written; Spanish follows the Ortografía of 2010, as in every other output."""
