"""Times FAISS's exact inner-product search: the peer of `headwater bench kernels`.

    faiss_flat.py ROWS WIDTH NEIGHBOURS THREADS REPEATS BATCH [BATCH ...]

Prints a line `batch seconds` for each batch: the median. OPENBLAS_CORETYPE, which the caller sets, picks OpenBLAS's
kernels; whoever compares tries several and keeps the best of each batch.
"""
import statistics
import sys
import time

import faiss
import numpy

rows, width, neighbours, threads, repeats, *batches = map(int, sys.argv[1:])
random = numpy.random.default_rng(1)
data = random.standard_normal((rows, width), dtype=numpy.float32)
data /= numpy.linalg.norm(data, axis=1, keepdims=True)
faiss.omp_set_num_threads(threads)
index = faiss.IndexFlatIP(width)
index.add(data)
for batch in batches:
    queries = data[random.integers(rows, size=batch)].copy()
    index.search(queries, neighbours)
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        index.search(queries, neighbours)
        seconds.append(time.perf_counter() - started)
    print(batch, statistics.median(seconds), flush=True)
