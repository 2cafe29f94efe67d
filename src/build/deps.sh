#!/bin/sh
# Installs Debian packages that are not there yet, as root or by sudo.
#
#     deps.sh WHY [COMMAND:]PACKAGE[/PACKAGE]...
#
# With a command's name in front, any program of that name will do.  After a
# slash, the package's name in later Debians.

why=$1
shift
missing=

for p in "$@"; do
    case $p in
        *:*)
            ! command -v "${p%%:*}" > /dev/null || continue
            p=${p#*:}
        ;;
    esac
    case $p in
        */*)
            if LC_ALL=C apt-cache policy "${p%%/*}" 2> /dev/null \
                | grep -q 'Candidate: [^(]'
            then
                p=${p%%/*}
            else
                p=${p#*/}
            fi
        ;;
    esac
    s=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)
    [ "$s" = installed ] || missing="$missing $p"
done

[ -n "$missing" ] || exit 0

if ! command -v apt-get > /dev/null; then
    echo "This needs apt-get; $why needs, by Debian's names:$missing" >&2
    exit 1
fi

sudo=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo > /dev/null; then
        echo "$why needs these packages, and to install them one must be" >&2
        echo "root or have sudo:$missing" >&2
        exit 1
    fi
    sudo="sudo env"
fi

get="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y
     -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3
     install --no-install-recommends"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

echo "installing for $why:$missing"

# once from the lists as they are; if that fails, from fresh ones

$get $missing > "$log" 2>&1 && exit 0

$sudo apt-get -q update > "$log" 2>&1 && $get $missing >> "$log" 2>&1 \
    && exit 0

tail -15 "$log" >&2
echo "Could not install what $why needs:$missing" >&2
echo "What apt-get said is above; is the network there, and are Debian's" >&2
echo "archives in /etc/apt?" >&2
exit 1
