"""The mean-field twin of the individual ledger: expected numbers, no luck."""
