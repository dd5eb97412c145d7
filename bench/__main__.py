"""Says which programs there are."""

import importlib

PROGRAMS = (
    "bench.races",
    "bench.crash",
    "bench.machines",
    "bench.speed",
    "bench.scale",
    "bench.capacity",
    "bench.soak",
)


def main() -> None:
    for name in PROGRAMS:
        about = (importlib.import_module(name).__doc__ or "").splitlines()[0]
        print(f"python -m {name:<14} {about}")


if __name__ == "__main__":
    main()
