#!/bin/bash
# The README's promise, tried: in an empty Debian 12 that has git and make,
# a fresh clone, "make run" and "make test", and nothing else typed.
#
#     chroot.sh BUILD [SUITE [COMMAND...]]
#
# Takes root.  Packages are kept in BUILD/chroot.cache for the next time.

set -e

cd "$(dirname "$0")/../.."

root=$(pwd)
mkdir -p "$1/chroot.cache/archives/partial"
build=$(cd "$1" && pwd)
suite=${2:-bookworm}
shift; shift || true
dir=$build/chroot
cache=$build/chroot.cache

[ "$(id -u)" = 0 ] || { echo "$0: this takes root" >&2; exit 1; }

# mounts live and die with a namespace of our own

if [ -z "$CONSENT_CHROOT" ]; then
    CONSENT_CHROOT=1 exec unshare -m --propagation private \
        "$0" "$build" "$suite" "$@"
fi

mirror=$(sed -n 's/^URIs: *\([^ ]*debian\/\?\)$/\1/p;
                 s/^deb .*\(http[^ ]*\/debian\/\?\) .*/\1/p' \
         /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2> /dev/null \
         | head -1)
mirror=${mirror:-http://deb.debian.org/debian}

rm -rf --one-file-system "$dir"

echo "an empty Debian $suite, from $mirror"
debootstrap --variant=minbase --include=git,make,ca-certificates \
    --cache-dir="$cache/archives" "$suite" "$dir" "$mirror" \
    > "$build/chroot.log" 2>&1 \
    || { tail -20 "$build/chroot.log"; exit 1; }

# a mirror may lag behind more than an index of sid is meant to last

case $suite in
    sid)
        echo 'Acquire::Check-Valid-Until "false";' \
            > "$dir/etc/apt/apt.conf.d/90lag"
    ;;
    *)
        {
            echo "deb $mirror $suite main"
            echo "deb $mirror $suite-updates main"
            echo "deb ${mirror%/debian*}/debian-security $suite-security main"
        } > "$dir/etc/apt/sources.list"
    ;;
esac

# what a machine has and a folder has not: a network's settings and
# authorities, /proc and /dev; no service is started by a package

cp /etc/resolv.conf "$dir/etc/resolv.conf"
printf '127.0.0.1 localhost\n' > "$dir/etc/hosts"
cp /etc/ssl/certs/ca-certificates.crt "$dir/etc/ssl/certs/host.crt"
printf '#!/bin/sh\nexit 101\n' > "$dir/usr/sbin/policy-rc.d"
chmod 755 "$dir/usr/sbin/policy-rc.d"
rm -f "$dir/etc/apt/apt.conf.d/docker-clean"
mount -t proc proc "$dir/proc"
mount --rbind /dev "$dir/dev"
mount --bind "$cache/archives" "$dir/var/cache/apt/archives"

git clone -q "$root" "$dir/root/project"
git -C "$dir/root/project" checkout -q "$(git rev-parse HEAD)"

in_chroot() {
    env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        NODE_EXTRA_CA_CERTS=/etc/ssl/certs/host.crt \
        ${http_proxy:+http_proxy="$http_proxy"} \
        ${https_proxy:+https_proxy="$https_proxy"} \
        chroot "$dir" /bin/sh -c "cd /root/project && $1"
}

if [ $# != 0 ]; then
    in_chroot "$*"
    exit
fi

# a port that is free here, for here and there are one network
port=8080
while (: < /dev/tcp/127.0.0.1/$port) 2> /dev/null; do
    port=$((port + 1))
done
arg=
[ $port = 8080 ] || arg=" PORT=$port"

echo "make run$arg"
in_chroot "make run$arg"

page=$(in_chroot "perl -MIO::Socket::INET -e '
    my \$s = IO::Socket::INET->new(\"127.0.0.1:$port\") or die;
    print \$s \"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n\";
    local \$/; print <\$s>'")

status=0
for want in '^Consent-State: mode=opt-in' 'id="privacy-choices"' \
            'data-consent="blocked"'
do
    if echo "$page" | grep -q "$want"; then
        echo "  the demo answers with $want"
    else
        echo "  FAILED: the demo does not answer with $want"
        status=1
    fi
done

in_chroot "make stop PORT=$port"

echo "make test"
in_chroot "make test" || status=1

[ $status = 0 ] && rm -rf --one-file-system "$dir/root/project"
exit $status
