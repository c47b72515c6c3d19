"""The open map: tiles made from the register, given out by parts, and the page that shows them."""
