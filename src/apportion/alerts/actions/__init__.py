"""What may be done about an alert besides telling somebody: off and dry until people say otherwise."""
