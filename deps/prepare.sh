# Sourced by ./headwater and ./test: checks the prerequisites, fetches the dependencies, builds.

headwater_need() { # program, what it is, how to get it
  command -v "$1" >/dev/null 2>&1 || { echo "headwater: $1 is missing: $2. $3" >&2; exit 69; }
}

headwater_prepare() { # root
  local root=$1
  headwater_need dotnet "the .NET 10 SDK" "Install it from https://dotnet.microsoft.com/download or your package manager."
  headwater_need node "Node.js 18 or newer" "Install the package nodejs."
  headwater_need npm "npm, which comes with Node.js" "Install the package npm."
  headwater_need tar "GNU tar" "Install the package tar."
  case "$(dotnet --version 2>/dev/null)" in
    1[0-9].*) ;;
    *) echo "headwater: dotnet is version $(dotnet --version 2>/dev/null || echo unknown); the .NET 10 SDK is needed. \
Install it from https://dotnet.microsoft.com/download." >&2; exit 69 ;;
  esac
  [ -w "$root" ] || {
    echo "headwater: $root cannot be written to; dependencies and build outputs go there." >&2; exit 73; }

  # Packages go below the checkout, unless the user keeps them elsewhere; a home that cannot be written to is common
  # for service users.
  export NUGET_PACKAGES="${NUGET_PACKAGES:-$root/.cache/nuget}"
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
  if [ ! -w "${HOME:-/nonexistent}" ]; then
    export HOME="$root/.cache/home" DOTNET_CLI_HOME="$root/.cache/home"
    mkdir -p "$HOME"
  fi
  node "$root/deps/restore.mjs"
}

# What a build depends on: a build whose stamp holds the same answer is not started again, so that a second run starts
# in a second. Times and sizes of the sources, not their contents: find is fast, and an edit changes a time.
headwater_sources() { # root
  (cd "$1" && find src deps bench tests Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig \
    \( -name bin -o -name obj -o -name npm \) -prune -o -type f -printf '%p %T@ %s\n' | sort
    dotnet --version) | sha256sum
}

headwater_build() { # root, project or solution, configuration
  # One build at a time: a consumer is often started in a second terminal while the first one still builds.
  mkdir -p "$1/.cache" 2>/dev/null || true
  if command -v flock >/dev/null 2>&1 && [ -w "$1/.cache" ]; then
    exec 9>"$1/.cache/build.lock"
    flock -n 9 || { echo "Waiting for another build in $1 ..." >&2; flock 9; }
  fi
  headwater_build_locked "$@"
  exec 9>&-
}

headwater_build_locked() { # root, project or solution, configuration
  local root=$1 project=$2 configuration=$3
  headwater_prepare "$root"
  local stamp="$root/.cache/build-$(basename "$project")-$configuration"
  local now; now=$(headwater_sources "$root")
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then return; fi
  echo "Building $(basename "$project") ($configuration) ..." >&2
  local log="$root/.cache/build.log"
  # One retry: a restore over a slow network may time out, and what it has fetched is kept.
  dotnet restore "$project" --locked-mode -v quiet >"$log" 2>&1 \
    || dotnet restore "$project" --locked-mode -v quiet >"$log" 2>&1 \
    || { grep -E 'error|warn' "$log" | sort -u | head -20 >&2; echo "headwater: NuGet restore failed; all of it is in $log." >&2; exit 1; }
  dotnet build "$project" -c "$configuration" --no-restore -v quiet -nodeReuse:false >"$log" 2>&1 \
    || { grep -E 'error' "$log" | sort -u | head -20 >&2; echo "headwater: the build failed; all of it is in $log." >&2; exit 1; }
  echo "$now" >"$stamp"
}
