"""A whole copy of the product under faults, while people answer: is anything lost or half-made?"""
