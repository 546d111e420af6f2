"""What all functions of the classic API share: parameters, pages, why a field does not fit."""
