"""Says which programs there are."""

import importlib

PROGRAMS = ("bench.races", "bench.crash")


def main() -> None:
    for name in PROGRAMS:
        about = (importlib.import_module(name).__doc__ or "").splitlines()[0]
        print(f"python -m {name:<12} {about}")


if __name__ == "__main__":
    main()
