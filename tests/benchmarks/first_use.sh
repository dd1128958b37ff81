#!/usr/bin/env bash
# First use on a bare Debian: minutes and megabytes from nothing to the demo and to the tests.
#
#   first_use.sh REPOSITORY [FOLDER] [--ci]     as root, inside the bare machine; FOLDER (/root/first-use) must not exist
#
# In a container or a folder made by debootstrap (mount proc, dev and dev/shm there first), with a clone of Regwatch at /src:
#
#   docker run --rm -v "$PWD":/src:ro debian:12-slim bash /src/tests/benchmarks/first_use.sh /src
#   chroot ROOT bash /src/tests/benchmarks/first_use.sh /src
#
# --ci goes on with .ci/run, which installs a browser, an office and fonts from Debian. What pip and apt are told by the
# environment (an index of your own, a certificate) holds. "MB got" is what they say they fetched.
set -euo pipefail
repository=$1
folder=${2:-/root/first-use}
ci=${3:-}
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=${HOME:-/root} PIP_VERBOSE=1 PIP_NO_CACHE_DIR=1
log=$folder.log
[ ! -e "$folder" ] || { echo "first_use: $folder is there already: name another" >&2; exit 1; }
: > "$log"

size() { { du -sm "$@" 2>/dev/null || true; } | awk '{n += $1} END {print n + 0}'; }
row() { printf '%-36s %8s %8s %8s %8s   %s\n' "$@"; }
installed() { echo "$("$folder/.venv/bin/python" -m pip list --format freeze | wc -l) packages, .venv $(size "$folder/.venv") MB"; }

# Megabytes that apt and pip said, in the lines of the log after the first N, they fetched.
got() {
    tail -n +$(($1 + 1)) "$log" | awk '
        /^Need to get/ {n += $4 / ($5 == "kB" ? 1000 : 1)}
        /^ *Downloading .*\([0-9.]+ (kB|MB)\)$/ {v = $(NF - 1); sub(/\(/, "", v); n += v / ($NF ~ /kB/ ? 1000 : 1)}
        END {printf "%.0f", n}'
}

# step NAME PLACES… -- COMMAND…: how long it took, what it fetched and by how much the places grew.
step() {
    local name=$1 places=() before lines took; shift
    while [ "$1" != -- ]; do places+=("$1"); shift; done; shift
    before=$(size "${places[@]}"); lines=$(wc -l < "$log")
    TIMEFORMAT='%R %U %S'
    { time "$@" >> "$log" 2>&1; } 2> "$log.time" || { tail -30 "$log" >&2; echo "first_use: $name failed: see $log" >&2; exit 1; }
    read -r -a took < "$log.time"
    row "$name" "${took[0]%.*}" "$(awk "BEGIN {printf \"%.0f\", ${took[1]} + ${took[2]}}")" "$(got "$lines")" $(($(size "${places[@]}") - before)) ""
}

system=(/usr /var/lib /etc)
row step seconds cpu "MB got" "MB more" ""
step "apt: git make python3 python3-venv" "${system[@]}" -- bash -c \
    'apt-get update && apt-get install -y --no-install-recommends git make python3 python3-venv'
git config --global --add safe.directory '*'
step "git clone" "$folder" -- git clone "file://$repository" "$folder"
cd "$folder"
step "make demo" "$folder" -- make demo
row "" "" "" "" "" "$(installed), demo-workspace $(size demo-workspace) MB"
step "make demo, again" "$folder" -- make demo
step "make test" "$folder" -- make test
row "" "" "" "" "" "$(installed), $(grep -E '[0-9]+ passed' "$log" | tail -1)"
[ "$ci" = --ci ] || exit 0
step ".ci/run" "${system[@]}" "$folder" -- .ci/run
row "" "" "" "" "" "$(installed), $(grep -E '[0-9]+ passed' "$log" | tail -1)"
