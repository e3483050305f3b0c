#!/usr/bin/env bash
# Fetches ONNX Runtime's CUDA provider (179 MB, npm, checked against a recorded hash); the next start of ./headwater
# builds it in. Not needed without an NVIDIA GPU. docs/operations.md, "NVIDIA GPU", has all the steps.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
node "$here/restore.mjs" gpu
rm -f "$here/../.cache/build-Host.csproj-Release"
provider="$here/npm/onnxruntime-linux-x64-gpu/Plugins/Linux/x64/libonnxruntime_providers_cuda.so"
missing=$(ldd "$provider" | awk '/not found/ { print $1 }')
ldconfig -p | grep -q 'libcudnn\.so\.9 ' || missing="$missing libcudnn.so.9"
if [ -n "$missing" ]; then
  echo "The CUDA provider is here. The system's library folders lack what it needs; see docs/operations.md:"
  printf '  %s\n' $missing
fi
