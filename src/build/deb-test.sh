#!/bin/bash
# The Debian package, tried in empty Debians: built, installed, enabled,
# serving a page, upgraded, removed, purged.
#
#     deb-test.sh BUILD [SUITE...]       takes root
#
# A suite whose archive is not to be had is passed over, and said to be.

set -e

cd "$(dirname "$0")/../.."

if [ "$1" != --inside ]; then
    build=$1
    shift
    [ $# != 0 ] || set -- bookworm trixie sid

    mkdir -p "$build"

    bad=
    tried=
    for suite in "$@"; do
        if ! /usr/lib/apt/apt-helper download-file \
            "http://deb.debian.org/debian/dists/$suite/InRelease" \
            "$build/deb-test.InRelease" > /dev/null 2>&1
        then
            echo "$suite: passed over, its archive is not to be had"
            continue
        fi

        tried=1
        src/build/chroot.sh "$build/deb-test" "$suite" \
            src/build/deb-test.sh --inside \
            || bad="$bad $suite"
    done

    [ -z "$bad" ] || { echo "FAILED:$bad" >&2; exit 1; }
    [ "$tried" ] || { echo 'FAILED: none could be tried' >&2; exit 1; }
    exit
fi


# from here on in the chroot

package=libnginx-mod-http-consent
link=/etc/nginx/modules-enabled/60-mod-http-consent.conf
site=/etc/nginx/conf.d/consent-test.conf
log=/root/deb-test.log

fail() {
    echo "  FAILED: $*"
    tail -20 "$log"
    exit 1
}

good() {
    echo "  $*"
}

quiet() {
    DEBIAN_FRONTEND=noninteractive "$@" > "$log" 2>&1 || fail "$*"
}

page() {
    perl -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new("127.0.0.1:'$port'") or die;
        print $s "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";
        local $/; print <$s>'
}

# a page with a tracker, asked for; "$1" says when

serves() {
    quiet nginx -t
    quiet nginx
    page > "$log" || true
    nginx -s stop > /dev/null 2>&1
    grep -q 'id="privacy-choices"' "$log" || fail "no notice $1"
    grep -q 'data-consent="blocked"' "$log" || fail "nothing blocked $1"
    sleep 1
    good "nginx serves a notice and withholds a tracker $1"
}

quiet make deb
new=$(ls build/deb/${package}_*.deb)
good "make deb gave $(basename "$new"), and lintian found nothing"

# one that is older, of the same files

quiet dpkg-deb -R "$new" /root/older
sed -i 's/^Version: .*/Version: 0.0.1/' /root/older/DEBIAN/control
quiet dpkg-deb -b /root/older /root/older.deb

quiet apt-get install -q -y /root/older.deb
[ -e "$link" ] || fail "$link is not there"
grep -q 'modules/ngx_http_consent_module\.so' "$link" \
    || fail "$link loads something else"
good "installed and enabled, nginx $(dpkg-query -W -f '${Version}' nginx)"

# a port that is free, for here and there are one network

port=$((20000 + RANDOM % 10000))
while (: < /dev/tcp/127.0.0.1/$port) 2> /dev/null; do
    port=$((port + 1))
done

mkdir -p /root/site
chmod 755 /root /root/site
echo '<!doctype html><html lang=en><title>t</title><p>t
<script src="https://www.google-analytics.com/ga.js"></script>' \
    > /root/site/index.html
consentctl keygen /etc/nginx/consent.key || fail "consentctl keygen"
cat > "$site" << END
server {
    listen 127.0.0.1:$port;
    server_name localhost;
    root /root/site;
    consent on;
    consent_secret_file /etc/nginx/consent.key;
}
END

# Debian's default site is not needed, and its port 80 may be taken

rm -f /etc/nginx/sites-enabled/default
serves "after installing"

quiet apt-get install -q -y "./$new"
[ "$(dpkg-query -W -f '${Version}' $package)" != 0.0.1 ] || fail "no upgrade"
[ -e "$link" ] || fail "$link is gone after the upgrade"
serves "after upgrading"

[ -e /usr/share/man/man1/consentctl.1.gz ] || fail "no manual page"
consentctl check https://www.google-analytics.com/ga.js > "$log" \
    && fail "consentctl check"
grep -q analytics "$log" || fail "consentctl check"
good "consentctl and its manual page are there"

files=$(dpkg -L $package)
rm -f "$site"

quiet apt-get remove -q -y $package
[ ! -e "$link" ] || fail "$link is there after removing"
quiet nginx -t
good "removed, and nginx -t is content"

quiet apt-get install -q -y "./$new"
[ -e "$link" ] || fail "$link is not there after installing again"
quiet apt-get purge -q -y $package
for f in $files; do
    [ ! -f "$f" ] || fail "$f is there after purging"
done
[ -z "$(find /etc/nginx /usr/share/nginx -name '*consent*' \
        ! -name consent.key)" ] || fail "something is left after purging"
quiet nginx -t
good "installed again, purged, and nothing is left"
