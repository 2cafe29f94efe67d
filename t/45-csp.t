#!/usr/bin/perl

# consent_csp: what it lets through follows what was agreed to, a page's own
# policy stays, and what report-only would stop is in the inventory.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

$t->file('html/index.html', '<!doctype html><title>t</title><p>Text.');
$t->file('html/w.js', '1');
$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing ads.example.net;
    consent_allow good.example.net;
    consent_csp enforce https://www.google-analytics.com *.example.org
                        https://connect.facebook.net:443/en_US/ data:;

    location /look/ {
        alias %%DIR%%/html/;
        consent_csp report-only;
    }

    location /own/ {
        alias %%DIR%%/html/;
        add_header Content-Security-Policy "script-src 'nonce-abc' 'strict-dynamic'";
    }

    location /off/ {
        alias %%DIR%%/html/;
        consent_csp off;
    }

    location = /status {
        consent_status;
    }
}, 'consent_zone stat:1m;');

sub policy {
    my ($uri, %opt) = @_;
    return [ grep { !/^frame-ancestors/ }
             $t->get($uri, %opt)->headers('Content-Security-Policy') ];
}

my $base = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:";
my $good = 'good.example.net *.good.example.net';

is_deeply(policy('/'), [ "$base *.example.org data: $good" ],
          'before consent: this site, what is allowed, and of the sources '
          . 'given those that do not track');


# lifted by category

{
    my $some = $t->choose('save', categories => [ 'analytics' ]);
    my $all = $t->choose('accept');

    ok($some && $all, 'choices are made');

    is_deeply(policy('/', cookie => $some),
              [ "$base *.example.org data: $good "
                . 'https://www.google-analytics.com' ],
              'what was agreed to is let through, and nothing else');
    is_deeply(policy('/', cookie => $all), [],
              'all agreed to: no policy');

    # a worker's own script has its own policy

    my %as = (headers => [ 'Sec-Fetch-Dest' => 'worker' ]);

    is_deeply(policy('/w.js', %as), [ "$base *.example.org data: $good" ],
              'a worker is held to the same');
    is($t->get('/w.js', %as)->header('Cache-Control'), 'no-store',
       'and no copy of that is kept');
    is($t->get('/w.js', %as)->header('ETag'), undef, 'nor a name for it');
    is_deeply(policy('/w.js'), [], 'a script that is none is left alone');
    is_deeply(policy('/w.js', cookie => $all,
                        headers => [ 'Sec-Fetch-Dest' => 'sharedworker' ]), [],
              'and so is a worker when all is agreed to');
    is_deeply(policy('/off/w.js', %as), [], 'or where there is no policy');
}

is_deeply(policy('/own/index.html'),
          [ "script-src 'nonce-abc' 'strict-dynamic'",
            "$base *.example.org data: $good" ],
          q{a page's own policy stays, ours intersects with it});


# report-only

my $r = $t->get('/look/index.html');

is($r->header('Content-Security-Policy-Report-Only'),
   "$base $good; report-uri /_consent/csp", 'what is only looked at is told');
is_deeply([ grep { !/^frame-ancestors/ }
            $r->headers('Content-Security-Policy') ], [],
          'and nothing is stopped');

sub report {
    my ($blocked, $page, $directive) = @_;
    $page //= 'http://localhost/shop/?user=7';
    $directive //= 'img-src';
    return $t->request('POST', '/_consent/csp',
        headers => [ 'Content-Type' => 'application/csp-report',
                     Host => 'localhost' ],
        body => qq({"csp-report":{"document-uri":"$page",)
                . qq("effective-directive":"$directive",)
                . qq("blocked-uri":"$blocked"}}));
}

is(report('https://cdn.unknown.example/a.png')->status, 204,
   'a report is taken');
is(report('https://stats.g.doubleclick.net/x', undef, 'script-src-elem')
   ->status, 204, 'another');
is(report('https://elsewhere.example/', 'http://other.example/')->status,
   204, 'one of another site is taken');
is(report('inline')->status, 204, 'one of no address, too');
is($t->request('POST', '/_consent/csp', headers => [ Host => 'localhost' ],
               body => 'x' x 9000)->status, 413, 'one too long is not');
is($t->request('POST', '/_consent/csp', headers => [ Host => 'localhost' ],
               body => '')->status, 204, 'nothing is no harm');
is_deeply([ report('inline')->headers('Set-Cookie') ], [],
          'and sets no cookie');

my $json = $t->get('/status?format=json')->body;

like($json, qr/"cdn\.unknown\.example"/,
     'what would be stopped is in the inventory');
like($json, qr{/shop/}, 'with the page that asked');
unlike($json, qr/user=7/, 'but not with its query');
like($json, qr/"stats\.g\.doubleclick\.net"[^}]*marketing/s,
     'and with the category it has');
unlike($json, qr/elsewhere/, 'other sites have no say in it');

done_testing();
