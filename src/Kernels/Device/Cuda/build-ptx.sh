#!/usr/bin/env bash
# Makes the PTX that is built into the assembly, from the texts that OpenCL builds at run time. Run it after a change of
# Port.h, of a .cl file in ptx-variants.txt, or of that list, and commit what it writes; a test says when it is needed.
#
#   build-ptx.sh [folder] [pattern]    folder: where to write, Ptx beside this file by default;
#                                      pattern: only variants whose line matches it (grep), all by default
#
# Needs clang 16 (apt: clang-16) or another that knows sm_90; set CLANG to name it. No CUDA toolkit.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernels=$(cd "$here/../.." && pwd)
out=${1:-$here/Ptx}
pattern=${2:-.}
clang=${CLANG:-clang-16}
mkdir -p "$out"

grep -v '^#' "$here/ptx-variants.txt" | grep -e "$pattern" | while read -r source variant gpus defines; do
  text=$(mktemp)
  # shellcheck disable=SC2086 # Its files, one behind another, are words.
  (cd "$kernels" && cat Device/Port.h ${source//+/ }) >"$text"
  # The hash that KernelSource.Sha256 computes: the text, then a line for each definition.
  # shellcheck disable=SC2086 # The definitions are words.
  sha=$({ cat "$text"; printf '%s\n' $defines; } | sha256sum | cut -d ' ' -f 1)
  for gpu in ${gpus//,/ }; do
    file="$out/$(basename "${source##*+}" .cl).$variant.sm_$gpu.ptx"
    # From standard input, so that no path of this machine can get into the file.
    # shellcheck disable=SC2086
    "$clang" -x cl -cl-std=CL1.2 --target=nvptx64-nvidia-cuda "-march=sm_$gpu" -O3 -Wall -Werror \
      -Xclang -target-feature -Xclang +ptx60 "-DPORT_SM=$gpu" $(printf -- '-D%s ' $defines) -S -o - - <"$text" \
      | { echo "// sha256 $sha"; cat; } >"$file.part"
    mv "$file.part" "$file"
  done
  rm "$text"
done
