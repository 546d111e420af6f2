"""`python -m counterfoil` is the command `counterfoil`."""

from counterfoil.command import main

if __name__ == "__main__":
    main(prog_name="counterfoil")
