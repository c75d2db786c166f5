"""Threads of the libraries below, where several jobs compute at once."""

from __future__ import annotations

import threading

alone = threading.Lock()
"""Held by KMeans of scikit-learn, one call at a time. It multiplies in OpenMP threads of its own, for which it takes
BLAS down to one thread, in the whole process; where two calls overlap, the end of one gives the threads back to the
other (OpenBLAS warns that it may hang), and the end of the last one can leave BLAS with a single thread for good."""
