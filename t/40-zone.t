#!/usr/bin/perl

# consent_zone: what is counted, and that it is still there after a reload,
# after a worker was killed, and not larger than it was told to be.

use lib 't/lib';
use Test::Consent;
use JSON::PP;

my $t = Test::Consent->new(master => 1, workers => 2);

sub page { "<!doctype html><html><head><title>t</title></head><body>@_"
           . "<p>text</p></body></html>\n" }

sub script { "<script src=\"https://$_[0]/a.js\"></script>" }

$t->file('html/index.html', page(script('a.tracker.test'),
                                 script('a.tracker.test'),
                                 '<img src="https://b.tracker.test/p.gif">',
                                 script('unknown.test'),
                                 script('fine.test')));

my $conf = 'consent on;
    consent_secret_file %%DIR%%/secret;
    consent_category survey;
    consent_block marketing tracker.test;
    consent_block survey asks.test;
    consent_allow fine.test;
    location = /status { consent_status; }
    location /up { proxy_pass http://127.0.0.1:%%PORT1%%; }
    ';

$t->file('secret', '0123456789abcdef' x 4 . "\n", 0600);

$t->upstream(sub {
    my ($c, $r) = @_;
    my $type = 'text/html';
    my $body = page(script('asks.test'));
    print $c "HTTP/1.1 200 OK\r\nContent-Type: $type\r\n"
             . "Set-Cookie: _ga=GA1.1.1.1\r\n"
             . "Set-Cookie: mine=1\r\n"
             . ($r->{uri} =~ /br0ken/ ? "Content-Encoding: lzma\r\n" : '')
             . "Connection: close\r\n\r\n$body";
});

$t->server($conf, 'consent_zone consent:256k;');

sub status { decode_json($t->get('/status?format=json')->body) }

sub row {
    my ($s, $name) = @_;
    return grep { $_->{name} eq $name } @{$s->{inventory}{entries}};
}

sub count {
    my ($s, $what, %want) = @_;

    my $n = 0;

    ENTRY: for my $e (@{$s->{$what}}) {
        for (keys %want) {
            next ENTRY if $e->{$_} ne $want{$_};
        }
        $n += $e->{count};
    }

    return $n;
}

my $s = status();
is(count($s, 'pages'), 0, 'nothing is counted at first');
is($s->{inventory}{rows}, 0, 'and nothing is in the inventory');

$t->get('/?token=secret') for 1 .. 3;
$s = status();

is(count($s, 'pages', mode => 'opt-in', basis => 'none', consent => 'on'), 3,
   'each page is counted, by its mode and basis');
is(count($s, 'blocked', category => 'marketing', type => 'script'), 6,
   'and each script withheld, by its category');
is(count($s, 'blocked', category => 'marketing', type => 'image'), 3,
   'each image');
is(count($s, 'blocked'), 9, 'and nothing else');

my ($row) = row($s, 'a.tracker.test');
is($row->{count}, 6, 'a host is in the inventory, with how often');
is($row->{category}, 'marketing', 'its category');
is($row->{rule}, 'tracker.test', 'the rule that named it');
is($row->{source}, 'consent_block', 'and where that stands');
is(join(',', @{$row->{types}}), 'script', 'what asked for it');
is($row->{page}, '/', 'a page, without its query');
like($row->{first}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'when first');

($row) = row($s, 'unknown.test');
ok($row && !$row->{known}, 'a host that no rule names is unknown');
is($row->{blocked}, 0, 'it passes');
is($s->{inventory}{entries}[0]{name}, 'unknown.test', 'it comes first');

($row) = row($s, 'fine.test');
ok($row && $row->{known} && !defined $row->{category},
   'what consent_allow names is known, and passes');

unlike($t->get('/status?format=json')->body, qr/token|secret/,
       'no query of a visitor is kept');

# visitors' data in paths

$t->get('/up/user/jane%40example.com/12345678');
$s = status();
($row) = row($s, 'asks.test');
is($row->{page}, '/up/user/*/*', 'what looks like an identifier is masked');
is($row->{category}, 'survey', "an operator's own category");
is(count($s, 'blocked', category => 'survey', type => 'script'), 1,
   'is counted by its name');
is(count($s, 'blocked', category => 'analytics', type => 'cookie'), 1,
   'a cookie that was removed is counted');
($row) = row($s, '_ga');
is($row && $row->{kind}, 'cookie', 'and in the inventory, by its name');
is(scalar(row($s, 'mine')), 0, 'one that stays is not');

$t->get('/up/br0ken');
is(status()->{undecodable}, 1, 'an answer that cannot be read is counted');

# choices

my ($cookie) = $t->choose('accept');
$t->choose('reject');
$t->choose('reject');
$t->choose('reject', cookie => $cookie);

$s = status();
is($s->{choices}{given}, 1, 'a choice is counted: given');
is($s->{choices}{refused}, 2, 'refused');
is($s->{choices}{withdrawn}, 1, 'withdrawn');
is($s->{days}[-1]{refused}, 2, 'and by day');
is(scalar @{$s->{days}}, 30, 'of the last thirty');

my $before = count($s, 'blocked');
$t->get('/', cookie => $cookie);
$s = status();
is(count($s, 'blocked'), $before, 'what a visitor allowed is not blocked');
is(count($s, 'pages', basis => 'grant'), 1, 'their page is, as a grant');

$t->post('/_consent/', [ choice => 'accept' ],
         headers => [ Origin => 'https://evil.test' ]);
is(status()->{refusals}{403}, 1, 'a refused request is counted by status');

# over reloads

$t->reload;
is_deeply(status()->{choices}, $s->{choices}, 'a reload keeps the counters');

($row) = row(status(), 'unknown.test');
my $first = $row->{first};

my $new = $conf;
$new =~ s/consent_allow/consent_block analytics unknown.test; consent_allow/;
$t->file('nginx.conf', $t->config($t->server_conf($new,
                                             'consent_zone consent:256k;')));
$t->reload;
$t->get('/');

my @rows = row(status(), 'unknown.test');
is(scalar @rows, 1, 'after a rule was added its host still has one row');
is($rows[0]{category}, 'analytics', 'of the category it got');
is($rows[0]{first}, $first, 'first seen when it was');

# a worker that dies

my @pids = map { /start worker process (\d+)/ } $t->log_lines(qr/start worker/);
$s = status();
kill 'KILL', $pids[-1];
$t->allow_log(qr/exited on signal 9/);
select undef, undef, undef, 0.5;
is_deeply(status()->{choices}, $s->{choices},
          'a killed worker takes nothing with it');
$t->get('/') for 1 .. 4;
is(count(status(), 'pages'), count($s, 'pages') + 4, 'counting goes on');

# bounds: more hosts than there is room for

my $many = Test::Consent->new;
$many->upstream(sub {
    my ($c, $r) = @_;
    my ($n) = $r->{uri} =~ /(\d+)/;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
             . "Connection: close\r\n\r\n"
             . page(map { script("h$_.n$n.test") } 1 .. 500);
});
$many->server('consent on; location = /status { consent_status; }
               location / { proxy_pass http://127.0.0.1:%%PORT1%%; }',
              'consent_zone small:64k;');
$many->get("/$_") for 1 .. 6;

$s = decode_json($many->get('/status?format=json')->body);
cmp_ok($s->{inventory}{rows}, '<=', $s->{inventory}{capacity},
       'no more rows than there is room for');
cmp_ok($s->{inventory}{rows}, '>=', $s->{inventory}{capacity} * 0.8,
       'the room is used');
is($s->{inventory}{rows} + $s->{inventory}{evicted}, 3000,
   'each that had to go is counted');

# sizes and names

my $bad = Test::Consent->new;

for my $c ([ 'consent_zone consent:4k;',   qr/at least 64k/ ],
           [ 'consent_zone consent;',      qr/NAME:SIZE/ ],
           [ 'consent_zone consent:x;',    qr/NAME:SIZE/ ],
           [ 'consent_zone :1m;',          qr/NAME:SIZE/ ],
           [ 'consent_zone a:1m; consent_zone b:1m;', qr/is duplicate/ ])
{
    my ($ok, $out) = $bad->test_server('consent on;', $c->[0]);
    ok(!$ok, "nginx -t refuses \"$c->[0]\"");
    like($out, $c->[1], 'and says why');
}

my ($ok, $out) = $bad->test_server('consent on;', 'consent_zone c:64k;');
ok($ok, '64k are enough') or diag($out);

($ok, $out) = $bad->test_server('location /s { consent_status; }');
ok($ok, 'consent_status without a zone makes one') or diag($out);

# without a zone all of it is nothing

my $none = Test::Consent->new;
$none->file('html/index.html', page(script('t.test')));
$none->server('consent on; consent_block marketing t.test;');
like($none->get('/')->body, qr/data-src/, 'without a zone pages are gated');
ok($none->choose('accept'), 'and choices recorded');

done_testing();
