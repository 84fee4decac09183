#!/usr/bin/env bash
# requests.sh [ADDRESS]   calls a server of half_plus_two over REST: tgraph serve --model_name half_plus_two --model_base_path … --rest_api_port 8501
set -euo pipefail
server="${1:-http://localhost:8501}"
model="$server/v1/models/half_plus_two"
curl -sS "$model"
curl -sS "$model/metadata" | head -5
curl -sS -d '{"instances": [1.0, 2.0, 5.0]}' "$model:predict"
curl -sS -d '{"inputs": {"x": [1.0, 2.0, 5.0]}}' "$model:predict"
curl -sS -d '{"signature_name": "regress_x_to_y", "examples": [{"x": 1.0}, {"x": 2.0}]}' "$model:regress"
curl -sS -d '{"signature_name": "classify_x_to_y", "examples": [{"x": 1.0}]}' "$model:classify"
curl -sS -d '{"inputs": [{"name": "x", "shape": [3], "datatype": "FP32", "data": [1, 2, 5]}]}' "$server/v2/models/half_plus_two/infer"
