"""The figures of GpuCheck in PyTorch, whose products are cuBLAS's: gpu_peer.py FILE"""
import json
import sys
import time

import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
torch.backends.cuda.matmul.allow_tf32 = False


def measure(name, work, unit, run):
    best = float("inf")
    for _ in range(20):
        if device == "cuda":
            torch.cuda.synchronize()
        start = time.perf_counter()
        run().flatten()[0].item()
        best = min(best, time.perf_counter() - start)
    return {"name": name, "milliseconds": 1000 * best, "rate": work / best, "unit": unit}


figures = [measure("call", 1, "calls/s", lambda x=torch.ones(1, device=device): -x)]
for n in (256, 1024, 4096):
    a, b = torch.rand(n, n, device=device), torch.rand(n, n, device=device)
    figures.append(measure(f"dot {n}", 2e-9 * n**3, "GFLOP/s", lambda: a @ b))
x, y = torch.rand(4096, 1024, device=device), torch.rand(1 << 24, device=device)
figures.append(measure("softmax", 8e-9 * x.numel(), "GB/s", lambda: torch.softmax(x, 1)))
figures.append(measure("sum of all", 4e-9 * y.numel(), "GB/s", lambda: y.sum()))
figures.append(measure("gelu of a sum", 12e-9 * y.numel(), "GB/s", lambda: torch.nn.functional.gelu(y + y)))
with open(sys.argv[1], "w") as file:
    json.dump({"device": torch.cuda.get_device_name() if device == "cuda" else "cpu", "figures": figures}, file, indent=2)
for figure in figures:
    print(f"PyTorch {figure['name']:<20} {figure['milliseconds']:10.3f} ms {figure['rate']:10.1f} {figure['unit']}")
