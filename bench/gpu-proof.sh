#!/usr/bin/env bash
# Proves and measures the CUDA device on a machine that has an NVIDIA GPU but no .NET and no network.
#
#   bench/gpu-proof.sh pack FILE.tar.xz    here: everything that is needed there, about 45 MB
#   ./gpu-proof.sh [FOLDER]                there, where the file was unpacked: runs all, logs into FOLDER (results)
#
# It runs, and goes on where one fails: the tests of CUDA; the small ones of them below compute-sanitizer's memcheck and
# racecheck, where that is installed; `headwater bench kernels`, with torch as the peer where python3 has it.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

pack() { # file
  local root file
  root=$(cd "$here/.." && pwd)
  file=$(realpath -m "$1")
  # shellcheck source=/dev/null
  . "$root/deps/prepare.sh"
  headwater_prepare "$root"
  # In a copy without lock files: those are for builds that run on the machine's own .NET.
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  tar -C "$root" --no-wildcards-match-slash --exclude="./*/*/bin" --exclude="./*/*/obj" --exclude=./.cache \
    --exclude=./.git --exclude="./*/*/packages.lock.json" --exclude=./demo-out -c . | tar -C "$copy" -x
  local project
  for project in tests/Kernels.Tests/Kernels.Tests.csproj src/Host/Host.csproj; do
    dotnet publish "$copy/$project" -c Release -r linux-x64 --self-contained -v quiet --nologo \
      -p:RestorePackagesWithLockFile=false -o "$copy/gpu-proof/bin" || return 1
  done
  mkdir -p "$copy/gpu-proof/bench"
  cp -r "$root/bench/peers" "$copy/gpu-proof/bench/"
  cp "$here/gpu-proof.sh" "$copy/gpu-proof/"
  # What only models need: no kernel does.
  rm -f "$copy"/gpu-proof/bin/libonnxruntime*.so* "$copy"/gpu-proof/bin/libvips*.so* \
    "$copy"/gpu-proof/bin/*.{pdb,xml}
  tar -C "$copy" -cJf "$file" gpu-proof
  ls -l "$file"
}

step() { # log, command...
  local log=$1 code
  shift
  "$@" >"$results/$log" 2>&1 </dev/null
  code=$?
  [ "$code" = 0 ] || failed=$((failed + 1))
  echo "== $log: exit $code"
  tail -n 40 "$results/$log"
}

run() { # folder
  results=$(realpath -m "$1")
  failed=0
  mkdir -p "$results"
  export HEADWATER_HOME=$here
  local tests=("$here/bin/Kernels.Tests" -noLogo -noColor)
  local name
  for name in CudaDevice CudaSimilarity CudaTensorSimilarity CudaCategoryMean CudaMaskChain CudaComposite; do
    tests+=(-class "*.${name}Tests")
  done

  step devices.log "$here/bin/headwater" devices
  step tests.log "${tests[@]}"
  if grep -q 'Skipped: [1-9]' "$results/tests.log"; then
    echo "== tests.log: some were skipped, so nothing is proved"
    failed=$((failed + 1))
  fi

  if command -v compute-sanitizer >/dev/null 2>&1; then
    for name in memcheck racecheck; do
      step "$name.log" compute-sanitizer --tool "$name" --error-exitcode 9 --target-processes all \
        "${tests[@]}" -trait oclgrind=yes
    done
  else
    echo "== compute-sanitizer is not installed"
  fi

  step bench.log "$here/bin/headwater" bench kernels --repeats 9 ${HEADWATER_PROOF_BENCH:-}
  echo "== $failed failed; logs in $results"
  return "$failed"
}

if [ "${1:-}" = pack ]; then
  pack "${2:?bench/gpu-proof.sh pack FILE.tar.xz}"
else
  run "${1:-$PWD/results}"
fi
