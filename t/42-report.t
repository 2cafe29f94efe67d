#!/usr/bin/perl

# consent report: nothing is changed, and all is told that "on" would change.

use lib 't/lib';
use Test::Consent;
use JSON::PP;

my $t = Test::Consent->new;

my $page = <<'END';
<!doctype html><html lang="en"><head><title>t</title>
<script src="https://tracker.test/a.js"></script></head><body>
<img src="https://tracker.test/p.gif"><script src="/own.js"></script>
<script src="https://unknown.test/a.js"></script><p>text</p></body></html>
END

$t->file('html/index.html', $page);
$t->file('html/plain.html', '<!doctype html><p>nothing');
$t->upstream(sub {
    my ($c, $r) = @_;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
             . "Cache-Control: public, max-age=60\r\nETag: \"up\"\r\n"
             . "Set-Cookie: _ga=GA1\r\nSet-Cookie: session=1\r\n"
             . "Refresh: 9;url=https://tracker.test/go\r\n"
             . "X-Cookie: " . ($r->{headers}{cookie} // '-') . "\r\n"
             . "Connection: close\r\n\r\n$page";
});

my $rules = 'consent_block marketing tracker.test;
             consent_third_party pass;
             consent_link "Privacy" /privacy rel=privacy-policy;
             consent_csp enforce;';

$t->server("$rules consent report;
            location /up { proxy_pass http://127.0.0.1:%%PORT1%%; }
            location /on/ { alias %%DIR%%/html/; consent on; }
            location = /status { consent_status; }",
           'consent_zone consent:256k;
            log_format seen "$request_uri blocked=$consent_blocked";
            access_log %%DIR%%/logs/access.log seen;');

my $off = Test::Consent->new;
$off->file('html/index.html', $page);
utime 1700000000, 1700000000, "$t->{dir}/html/index.html",
      "$off->{dir}/html/index.html";
$off->server('consent off;');

my $r = $t->get('/');
my $o = $off->get('/');

is($r->body, $page, 'the body is the file, byte for byte');

for (qw(Content-Type Content-Length Last-Modified ETag Accept-Ranges
        Cache-Control Vary Set-Cookie Link Content-Security-Policy))
{
    is($r->header($_), $o->header($_), "$_ is as without the module");
}

is($r->header('Consent-State'), undef, 'no state is claimed to be in force');

my $h = $r->header('Consent-Report');
is($h, 'mode=opt-in, basis=none, functional=?0, analytics=?0, marketing=?0, '
       . 'gpc=?0, revision="1", headers=0;cookies=0, body=?1',
   'Consent-Report: what would be decided, and that the body is read');

is($t->get('/', headers => [ Range => 'bytes=0-9' ])->status, 206,
   'ranges are answered');
is($t->get('/', headers => [ 'If-None-Match' => $r->header('ETag') ])->status,
   304, 'and conditional requests');

$r = $t->get('/up', cookie => '_ga=GA1; own=1');
is($r->body, $page, 'a page of an upstream, byte for byte');
is(join('|', $r->headers('Set-Cookie')), '_ga=GA1|session=1',
   'its cookies stay');
is($r->header('Refresh'), '9;url=https://tracker.test/go', 'its Refresh');
is($r->header('Cache-Control'), 'public, max-age=60', 'its Cache-Control');
is($r->header('ETag'), '"up"', 'its ETag');
is($r->header('X-Cookie'), '_ga=GA1; own=1', 'it was sent all cookies');
like($r->header('Consent-Report'), qr/headers=2;cookies=1, body=\?1$/,
     'Consent-Report counts the header fields that would go');

$r = $t->get('/', headers => [ 'Sec-GPC' => '1' ]);
like($r->header('Consent-Report'), qr/basis=signal.*gpc=\?1/, 'and the signal');

# the log

my @lines = $t->log_lines(qr/consent report: tracker\.test in <script>/);
cmp_ok(scalar @lines, '>=', 1, 'each finding is in the error log');
like($lines[0], qr/"marketing" by consent_block "tracker\.test"/,
     'with category and rule');
cmp_ok(scalar($t->log_lines(qr/consent report: "Set-Cookie"/)), '>=', 1,
       'a cookie that would go, too');

# the counters

my $s = decode_json($t->get('/status?format=json')->body);
my %n;
$n{"$_->{consent} $_->{category} $_->{type}"} = $_->{count}
    for @{$s->{blocked}};
is($n{'report marketing script'}, 3, 'what would be blocked is counted');
is($n{'report marketing image'}, 3, 'by type');
is($n{'report analytics cookie'}, 1, 'cookies too');
is(scalar(grep { /^on / } keys %n), 0, 'not as blocked');
is((grep { $_->{consent} eq 'report' } @{$s->{pages}})[0]{count} > 0, 1,
   'pages are counted apart');

my %rows = map { $_->{name} => $_ } @{$s->{inventory}{entries}};
is($rows{'tracker.test'}{category}, 'marketing', 'the inventory has it');
ok($rows{'unknown.test'} && !$rows{'unknown.test'}{known},
   'and what is unknown');

# the variable, when the request is logged

$t->stop;
my $log = slurp("$t->{dir}/logs/access.log");
like($log, qr{^/ blocked=2$}m, '$consent_blocked in the access log');

done_testing();
