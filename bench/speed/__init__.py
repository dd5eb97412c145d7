"""What a click and a page cost in CPU, beside a floor; bench/speed/__main__.py says more."""
