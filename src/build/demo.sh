#!/bin/sh
# Starts or stops the demo site: conf.example over t/demo/site.
#
#     demo.sh start|stop BUILD PORT

set -e

root=$(cd "$(dirname "$0")/../.." && pwd)
run=$root/build/run
port=$3

fail() {
    echo "$*" >&2
    exit 1
}

stop() {
    [ -s "$run/nginx.pid" ] || return 0
    pid=$(cat "$run/nginx.pid")

    # only if it is still that nginx
    if grep -qs "nginx: master process.*$root" "/proc/$pid/cmdline"; then
        kill -QUIT "$pid"
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            kill -0 "$pid" 2> /dev/null || break
            sleep 0.1
        done
        kill -0 "$pid" 2> /dev/null && kill -TERM "$pid"
    fi

    rm -f "$run/nginx.pid"
    return 0
}

if [ "$1" = stop ]; then
    stop
    exit
fi

mkdir -p "$run"
stop

# conf.example as it is, but for the port and the build directory if asked,
# and with the filter lists if they are there; files that nginx looks for
# beside its configuration then have full names

conf=$root/conf.example
lists=$(sed -n 's/^ *# consent_list  *\([^ ;]*\).*/\1/p' "$conf")
on='s/^\( *\)# consent_list /\1consent_list /'
for f in $lists; do
    [ -r "$f" ] || on=
done

if [ "$port" != 8080 ] || [ "$2" != build ] || [ -n "$on" ]; then
    sed -e "s|127\.0\.0\.1:8080|127.0.0.1:$port|" \
        -e "s|load_module build/|load_module $2/|" \
        -e "s,^\( *consent_\(secret_file\|text\|style\)  *\)\([^/]\),\1$root/\3," \
        -e "$on" "$conf" > "$run/nginx.conf"
    conf=$run/nginx.conf
fi

if [ ! -s "$run/consent.key" ]; then
    (umask 077 && "$root/$2/consentctl" keygen > "$run/consent.key") \
        || fail "consentctl keygen made no key"
fi

# started by root, the workers become whoever the files belong to, so that
# a checkout in somebody's home can be read

set -- -p "$root/" -c "$conf" -e "$run/error.log"
user=
[ "$(id -u)" != 0 ] || user="user $(stat -c '%U' "$root/t/demo/site");"

nginx=${NGINX:-$(PATH=$PATH:/usr/sbin:/sbin command -v nginx)} \
    || fail "there is no nginx: make deps-run"

$nginx -t -q -g "$user" "$@" || fail "nginx does not like $conf: see above"
$nginx -g "$user" "$@" \
    || fail "nginx did not start; is something else on port $port?" \
            "PORT= names another one."

cat << END

The demo site is up:  http://127.0.0.1:$port/

Look at
  http://127.0.0.1:$port/             a page with nine trackers: the notice is
                                    there, the trackers are not asked
  http://127.0.0.1:$port/_consent/    every choice, in detail, at any time
  http://127.0.0.1:$port/status       what was withheld, what was chosen
  curl -si http://127.0.0.1:$port/ | grep -iE 'consent|blocked'
                                    the same for an auditor
  curl -si -H 'Sec-Fetch-Site: same-origin' -d choice=accept \\
      http://127.0.0.1:$port/_consent/
                                    what a click on "I agree" sends
  build/run/consent.jsonl           the ledger; build/run/access.log

"make stop" ends it, "make run" starts it anew.
END
