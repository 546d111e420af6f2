"""What an exchange shows: whether a request was right, what an answer gives away, and a finding of it."""
