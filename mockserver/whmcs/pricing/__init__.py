"""What an order asks for, and what each of its lines costs."""
