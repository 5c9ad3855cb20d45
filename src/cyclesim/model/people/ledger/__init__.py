"""People one by one, each with luck of his or her own."""
