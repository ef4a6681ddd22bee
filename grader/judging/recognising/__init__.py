"""Recognising why an answer is wrong: whose wrong belief gives the same values, alone or two at once."""
