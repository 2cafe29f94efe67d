#!/usr/bin/perl

# TLS that ends before this nginx: another server takes it off and says so by
# X-Forwarded-For and -Proto.  The choice works, what leaves is relative or in
# the browser's scheme, addresses are the visitor's by realip, and the cookie
# is what README says it is.

use lib 't/lib';
use Test::Consent;
use Test::Consent::HTTP2;

my $t = Test::Consent->new;
my $v = $t->run($t->binary, '-V');

plan(skip_all => 'this nginx has no TLS, or no realip')
    unless $v =~ /http_ssl_module/ && $v =~ /http_realip_module/;

$t->run('openssl', qw(req -x509 -newkey rsa:2048 -nodes -days 2 -subj
        /CN=localhost -keyout), "$t->{dir}/tls.key",
        '-out', "$t->{dir}/tls.crt");
plan(skip_all => 'no openssl') unless -s "$t->{dir}/tls.crt";

$t->file('html/index.html', '<!doctype html><html lang="en"><title>t</title>'
         . '<body><p>x<script src="https://www.google-analytics.com/a.js">'
         . '</script><script src="http://localhost/own.js"></script>'
         . '</body></html>');
$t->file('key', 'a1' x 32 . "\n", 0600);

my $front = 'ssl_certificate %%DIR%%/tls.crt;
    ssl_certificate_key %%DIR%%/tls.key;
    location / {
        proxy_pass http://127.0.0.1:%%PORT%%;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For 198.51.100.77;
        proxy_set_header X-Forwarded-Proto https;
        EXTRA
    }';

$t->server('consent on; consent_secret_file %%DIR%%/key;
    consent_log %%DIR%%/ledger.jsonl;
    access_log %%DIR%%/logs/seen.log seen;
    set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;',
    'log_format seen "$remote_addr $uri $status $consent_basis";
    server { listen 127.0.0.1:%%PORT2%% ssl; ' . ($front =~ s/EXTRA//r) . '}
    server { listen 127.0.0.1:%%PORT3%% ssl; '
    . ($front =~ s/EXTRA/proxy_cookie_flags ngx_consent secure;/r) . '}');

sub ask {
    my ($port, @request) = @_;

    my ($r) = Test::Consent::HTTP2::by_curl($t,
                  'https://127.0.0.1:' . $t->port($port),
                  [ '-k', '--http1.1' ], [ @request ]);
    return $r;
}

my $r = ask(2, GET => '/');
is($r->state->{basis}, 'none', 'nobody asked yet');
like($r->body, qr/<form method="post" action="\/_consent\/"/,
     'the form goes to a path, in whatever scheme the page has');
unlike($r->body, qr/(?:src|href)="http:\/\/localhost\/_consent/,
       'nothing of ours leads to http');

# who may choose

is(ask(2, [ POST => 'choice=accept' ], '/_consent/',
       Origin => 'https://localhost')->status, 303,
   'a page of this site may agree, by Origin');
is(ask(2, [ POST => 'choice=accept' ], '/_consent/',
       'Sec-Fetch-Site' => 'same-origin',
       Origin => 'https://localhost')->status, 303,
   'and by Sec-Fetch-Site');
is(ask(2, [ POST => 'choice=accept' ], '/_consent/',
       Origin => 'https://evil.example')->status, 403,
   'another site\'s may not');

# the answer, and the cookie

$r = ask(2, [ POST => 'choice=accept&return=/?a=b' ], '/_consent/',
         Origin => 'https://localhost');
is($r->header('Location'), '/?a=b', 'Location is relative');

my $set = $r->header('Set-Cookie');
like($set, qr/^ngx_consent=v1\./, 'the cookie has the name it has over http');
unlike($set, qr/; Secure/, 'and is not Secure: nginx saw no TLS');
like($set, qr/; HttpOnly/, 'it is HttpOnly');

my ($cookie) = $set =~ /^([^;]+)/;
is(ask(2, GET => '/', Cookie => $cookie)->state->{basis}, 'grant',
   'it is known again');

$set = ask(3, [ POST => 'choice=accept' ], '/_consent/',
           Origin => 'https://localhost')->header('Set-Cookie');
like($set, qr/; Secure/i, 'who takes TLS off can make it Secure');
($cookie) = $set =~ /^([^;]+)/;
is(ask(3, GET => '/', Cookie => $cookie)->state->{basis}, 'grant',
   'and it is known again');

like(ask(2, GET => '/_consent/receipt', Cookie => $cookie)->body,
     qr/"\@context"/, 'the receipt is there');

$t->stop;

# addresses: by realip in the operator's log, nowhere in the ledger

my $log = slurp("$t->{dir}/logs/seen.log");
like($log, qr/^198\.51\.100\.77 \S+ 200 grant$/m,
     'the log has the visitor\'s address, and the state');
unlike($log, qr/^127\./m, 'not that of who took TLS off');
unlike(slurp("$t->{dir}/ledger.jsonl"), qr/198\.51|127\.0/,
       'the ledger has none');

done_testing();
