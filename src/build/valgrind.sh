#!/bin/sh
# Some of the tests on an nginx under valgrind's memcheck; each allocation from
# a pool is one of its own (NGX_DEBUG_PALLOC).  What it says of anything that
# has a function of ours on its stack is a finding; nginx's own is not shown.
#
#     valgrind.sh BUILD [TEST...]

set -e

cd "$(dirname "$0")/../.."

root=$(pwd)
build=$1
shift
grind=$root/$build/fault
src=$(src/build/source.sh "$build")

STATIC=yes NGX_CC_OPT="-DNGX_DEBUG_PALLOC=1 -w" \
    src/build/module.sh "$grind" "$src"

rm -rf "$grind/said"
mkdir -p "$grind/said"
chmod 777 "$grind/said"

cat > "$grind/under-valgrind" << EOF
#!/bin/sh
exec valgrind -q --leak-check=full --show-leak-kinds=definite \\
    --num-callers=30 --log-file="$grind/said/%p" "$grind/nginx" "\$@"
EOF
chmod +x "$grind/under-valgrind"

export TEST_NGINX_BINARY="$grind/under-valgrind"
export TEST_NGINX_MODULE=static
export CONSENT_SANITIZED=1

[ $# != 0 ] || set -- t/10-page.t t/12-headers.t t/21-encodings.t \
    t/25-stream.t t/26-csp.t t/33-return.t t/41-status.t

status=0
prove -It/lib "$@" || status=$?

# one paragraph is one finding

if cat "$grind"/said/* | sed 's/^==[0-9]*== *//' \
   | awk -v RS= '/consent_/ { print $0 "\n"; n = 1 } END { exit !n }'
then
    echo "valgrind: see above"
    exit 1
fi

echo "valgrind: nothing of ours in $(ls "$grind/said" | wc -l) processes"
exit $status
