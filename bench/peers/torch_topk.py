"""Times torch.matmul and topk on an NVIDIA GPU: the peer of `headwater bench kernels` there.

    torch_topk.py ROWS WIDTH NEIGHBOURS REPEATS BATCH [BATCH ...]

Prints a line `batch seconds` for each batch: the median, by the GPU's events. Half precision rows and queries.
"""
import statistics
import sys

import torch

rows, width, neighbours, repeats, *batches = map(int, sys.argv[1:])
torch.manual_seed(1)
data = torch.nn.functional.normalize(torch.randn(rows, width, device="cuda"), dim=1).half()
for batch in batches:
    queries = data[torch.randint(rows, (batch,), device="cuda")].clone()
    seconds = []
    for repeat in range(repeats + 3):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        torch.topk(torch.matmul(queries, data.T), neighbours, dim=1)
        end.record()
        torch.cuda.synchronize()
        if repeat >= 3:
            seconds.append(start.elapsed_time(end) / 1e3)
    print(batch, statistics.median(seconds), flush=True)
