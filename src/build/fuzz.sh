#!/bin/sh
# Fuzzes: each target for so many seconds, and says how often it was tried.
#
#     fuzz.sh SECONDS TARGET...
#
# Two thirds of the time go to inputs of up to 256 bytes, for trying often is
# what finds things, a third to longer ones.  FUZZ_RUNS= ends the first part
# after so many executions.  What is found lies beside the target, as
# TARGET.crash-..., and the corpus in TARGET.corpus.

set -e

seconds=$1
shift

export ASAN_OPTIONS=malloc_context_size=4:detect_leaks=0:$ASAN_OPTIONS

run() {
    "$f" -max_total_time="$1" -max_len="$2" -runs="$3" -timeout=10 \
        -reload=0 -entropic=0 -detect_leaks=0 -artifact_prefix="$f." \
        -verbosity=0 -print_final_stats=1 $dict "$f.corpus" $seeds \
        > "$f.log" 2>&1 || { tail -40 "$f.log"; exit 1; }

    n=$((n + $(sed -n 's/^stat::number_of_executed_units: *//p' "$f.log")))
}

for f in "$@"; do
    name=t/fuzz/$(basename "$f")
    dict=
    seeds=
    n=0

    [ ! -f "$name.dict" ] || dict=-dict=$name.dict
    [ ! -d "$name.seeds" ] || seeds=$name.seeds
    mkdir -p "$f.corpus"

    run $((seconds * 2 / 3 + 1)) 256 "${FUZZ_RUNS:--1}"
    run $((seconds / 3 + 1)) 16384 -1

    echo "$(basename "$f"): $n executions in $seconds seconds"
done
