"""The proof that the books balance: what was recorded, what was made of it, and what its history says agree.

Reads only. `Verification` goes through the whole database in slices, in constant memory.
"""

from timers.ledger.difference import Difference
from timers.ledger.reading import snapshot
from timers.ledger.verification import Verification

__all__ = ["Difference", "Verification", "snapshot"]
