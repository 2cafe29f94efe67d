#!/usr/bin/perl

# The cookie: what it holds and what it does not, that no other is ever
# taken for it, that keys can be changed under it, and that machines which
# share a secret share its visitors.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Record;

use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep);

my $t = Test::Consent->new;

my $secret = 'a1' x 32;
my $other = 'b2' x 32;
my $k = Test::Consent::Record->key($secret);
my $o = Test::Consent::Record->key($other);

$t->file('html/index.html', '<!doctype html><title>t</title><p>x'
         . '<script src="https://www.google-analytics.com/a.js"></script>');
$t->file('key', "$secret\n", 0600);
$t->file('other.key', "$other\n", 0600);

my $say = 'location = /s { default_type text/plain;
    return 200 "$consent_basis,$consent_allowed"; }';

my $tls = $t->run('openssl', qw(req -x509 -newkey rsa:2048 -nodes -days 2
                  -subj /CN=localhost -keyout), "$t->{dir}/tls.key", '-out',
                  "$t->{dir}/tls.crt");
my $ssl = -s "$t->{dir}/tls.crt"
          && $t->run($t->binary, '-V') =~ /http_ssl_module/;
my $more = $ssl ? 'server { listen 127.0.0.1:%%PORT2%% ssl;
    server_name localhost; root %%DIR%%/html;
    ssl_certificate %%DIR%%/tls.crt; ssl_certificate_key %%DIR%%/tls.key;
    consent on; consent_secret_file %%DIR%%/key; ' . $say . ' }' : '';

my $conf = "consent on; consent_secret_file %%DIR%%/key; $say";

$t->server($conf, $more);

sub cookie {
    my ($r) = @_;
    my ($h) = $r->header('Set-Cookie');
    return $h // '';
}

sub value { $_[0] =~ /^[^=]+=([^;]*)/ ? $1 : '' }


# R25

my ($accept, $r) = $t->choose('accept');
my $set = cookie($r);

is(join('; ', sort split /; /, $set =~ s/^[^;]*; //r),
   'HttpOnly; Max-Age=15552000; Path=/; SameSite=Lax',
   'R25: HttpOnly, SameSite=Lax, the whole site, 180 days, no domain');
like($set, qr/^ngx_consent=/, 'R25: its name over http');
unlike($set, qr/^[^=]*(?:login|sess|csrf|auth)/i,
       'R25: which is taken for nobody\'s session');
cmp_ok(length value($set), '<=', 160, 'R25: at most 160 bytes');
like(value($set), qr/\A[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+\z/,
     'R25: of bytes that a cookie may have');

SKIP: {
    skip 'no TLS here', 5 if !$ssl;
    my $h = $t->run('curl', '-sk', '-o', '/dev/null', '-D', '-', '-d',
                    'choice=accept', '-H', 'Sec-Fetch-Site: same-origin',
                    'https://localhost:' . $t->port(2) . '/_consent/',
                    '--resolve', 'localhost:' . $t->port(2) . ':127.0.0.1');
    my ($c) = $h =~ /^Set-Cookie: (.*?)\r?$/mi;
    $c //= '';
    like($c, qr/^__Host-ngx_consent=v1\./, 'R25: over TLS, __Host-');
    is(join('; ', sort split /; /, $c =~ s/^[^;]*; //r),
       'HttpOnly; Max-Age=15552000; Path=/; SameSite=Lax; Secure',
       'R25: and Secure, which that needs');
    my $get = sub {
        return $t->run('curl', '-sk', '-b', $_[0], 'https://localhost:'
                       . $t->port(2) . '/s', '--resolve', 'localhost:'
                       . $t->port(2) . ':127.0.0.1');
    };
    like($get->($c =~ s/;.*//r), qr/^grant/, 'R25: it is read there');
    is($get->('ngx_consent=' . value($c)), 'none,necessary',
       'R25: but not without the prefix, that others cannot set');
    is($t->get('/s', cookie => 'ngx_consent=' . value($c))->body,
       'none,necessary', 'R25: nor is it good over http');
}

$t->server("$conf consent_cookie choice max_age=30d samesite=Strict;");
$set = cookie(scalar $t->post('/_consent/', [ choice => 'accept' ]));
is(join('; ', sort split /; /, $set =~ s/^([^=]*)=[^;]*/$1/r),
   'HttpOnly; Max-Age=2592000; Path=/; SameSite=Strict; choice',
   'R25: as the operator sets it');
is($t->get('/s', cookie => $set =~ s/;.*//r)->body =~ s/,.*//r, 'grant',
   'and is read so');

$t->server("$conf consent_cookie choice domain=example.com;");
$r = $t->post('/_consent/', [ choice => 'accept' ], host => 'a.example.com');
$set = cookie($r);
like($set, qr/; Domain=example\.com;/, 'for a domain');
for my $host (qw(a.example.com b.example.com example.com)) {
    like($t->get('/s', cookie => $set =~ s/;.*//r, host => $host)->body,
         qr/^grant/, "of a domain: good on $host");
}


# R26: all kinds of cookies that are not consent; "right" is signed by the
# key itself, so that it is the check named which refuses it

$t->server($conf);

my $now = time;
my $id = 'x' x 22;
my $day = $now - $now % 86400;
my $good = $k->sign;
my %c = (name => 'ngx_consent');

is($t->get('/s', cookie => "ngx_consent=$good")->body,
   'grant,necessary,functional,analytics,marketing',
   'R26: one made by the description is the module\'s own');

my $none = 'none,necessary';

my @cases = (
    # name, what the state must be, value
    [ 'as it must be', 'grant', $good ],
    [ 'a refusal', 'deny', $k->sign(allowed => 'fam', id => '', time => $day) ],
    [ 'a part', 'partial', $k->sign(allowed => 'fAm') ],
    [ 'under another revision', 'grant', $k->sign(revision => '0') ],
    [ 'an acknowledged notice', 'none',
      $k->sign(allowed => 'nFAM', id => '', time => $day) ],

    [ 'forged: no key', 'none', substr($good, 0, -22) . 'A' x 22 ],
    [ 'forged: another key', 'none', $o->sign ],
    [ 'forged: another key under this one\'s name', 'none',
      $o->sign(kid => $k->{id}) ],
    [ 'forged: no mac', 'none', substr($good, 0, -22) ],
    [ 'forged: no dot nor mac', 'none', substr($good, 0, -23) ],
    [ 'forged: a mac of another\'s', 'none',
      substr($good, 0, -22) . substr($k->sign(id => 'y' x 22), -22) ],
    [ 'changed: a refusal made a grant', 'none', do {
          (my $v = $k->sign(allowed => 'fam', id => '', time => $day))
              =~ s/\.fam\./.FAM./; $v } ],
    [ 'changed: a later time', 'none', do {
          my $t1 = $now + 1; (my $v = $good) =~ s/\.\d{10}\./.$t1./; $v } ],
    [ 'changed: another revision', 'none', $good =~ s/^(v1\.\w+\.)1/${1}2/r ],
    [ 'changed: letters', 'none', ucfirst $good ],

    [ 'unknown key', 'none', $k->sign(kid => 'deadbeef') ],
    [ 'unknown version', 'none', $k->sign(version => 'v2') ],
    [ 'foreign: for another host', 'none', $k->sign(scope => 'other.example') ],
    [ 'foreign: for a domain above', 'none', $k->sign(scope => 'host') ],
    [ 'foreign: of another cookie', 'none', $k->sign(name => 'session') ],
    [ 'foreign: of the one with __Host-', 'none',
      $k->sign(name => '__Host-ngx_consent') ],

    [ 'future: two days', 'none', $k->sign(time => $now + 2 * 86400) ],
    [ 'future: far', 'none', $k->sign(time => 99999999999) ],
    [ 'future: an hour, by another clock', 'grant',
      $k->sign(time => $now + 3600) ],
    [ 'past: yesterday', 'grant', $k->sign(time => $now - 86400) ],
    [ 'past: 179 days', 'grant', $k->sign(time => $now - 179 * 86400) ],
    [ 'past: older than 180 days', 'none',
      $k->sign(time => $now - 181 * 86400) ],
    [ 'past: the beginning of time', 'none', $k->sign(time => 0) ],
    [ 'time: none', 'none', $k->sign(time => '') ],
    [ 'time: negative', 'none', $k->sign(time => -1) ],
    [ 'time: words', 'none', $k->sign(time => 'now') ],
    [ 'time: 30 digits', 'none', $k->sign(time => '1' x 30) ],

    [ 'a grant without id', 'none', $k->sign(id => '') ],
    [ 'a grant with half an id', 'none', $k->sign(id => 'xxx') ],
    [ 'no revision', 'none', $k->sign(revision => '') ],
    [ 'a revision that is none', 'none', $k->sign(revision => '1"x') ],
    [ 'asked of nothing', 'deny', $k->sign(allowed => '0', id => '') ],
    [ 'unknown letters', 'deny', $k->sign(allowed => 'XYZ') ],
    [ 'a token cut off', 'none', $k->sign(allowed => 'FAM+ab') ],
    [ 'oversize, and signed', 'none', $k->sign(allowed => 'FAM' x 40) ],
    [ 'oversize: 8000 bytes', 'none', $good . 'A' x 7800 ],
    [ 'a field more', 'none', "$good.x" ],
    [ 'quoted', 'none', "\"$good\"" ],
    [ 'percent-encoded', 'none', $good =~ s/\./%2E/gr ],
    [ 'empty', 'none', '' ],
);

for (@cases) {
    my ($name, $basis, $v) = @$_;
    my $r = $t->get('/s', cookie => "ngx_consent=$v");
    is($r->status . ' ' . ($r->body =~ s/,.*//sr), "200 $basis",
       "R26: $name: $basis");
}

my $deny = $k->sign(allowed => 'fam', id => '', time => $day);

for my $case (
    [ 'twice the same, one header', "ngx_consent=$good; ngx_consent=$good" ],
    [ 'a grant and a refusal', "ngx_consent=$good; ngx_consent=$deny" ],
    [ 'a refusal and a grant', "ngx_consent=$deny; ngx_consent=$good" ],
    [ 'a grant and rubbish', "ngx_consent=$good; ngx_consent=x" ],
    [ 'a grant and an empty one', "ngx_consent=; ngx_consent=$good" ],
) {
    my ($name, $c) = @$case;
    is($t->get('/s', cookie => $c)->body, $none,
       "R26: duplicate, $name: undecided");
    my ($a, $b) = split /; /, $c;
    is($t->get('/s', headers => [ Cookie => $a, Cookie => $b ])->body, $none,
       "R26: duplicate, $name, in two headers: undecided");
}

# one that a worker has met before is known by all of its header at once, and
# by its value where there is more in that

for my $case (
    [ 'alone', 'grant', "ngx_consent=$good" ],
    [ 'behind another', 'grant', "a=1; ngx_consent=$good" ],
    [ 'before another', 'grant', "ngx_consent=$good; b=2" ],
    [ 'with a semicolon', 'grant', "ngx_consent=$good;" ],
    [ 'twice', 'none', "ngx_consent=$good; ngx_consent=$good" ],
    [ 'under a name as long', 'none', "ngx_consenu=$good" ],
    [ 'under a longer name', 'none', "xngx_consent=$good" ],
    [ 'under no name', 'none', $good ],
    [ 'as another value', 'none', "a=ngx_consent=$good" ],
    [ 'one letter cut', 'none', 'ngx_consent=' . substr($good, 1) ],
    [ 'only its end', 'none', 'ngx_consent=' . substr($good, -22) ],
    [ 'less than that', 'none', substr($good, -3) ],
) {
    my ($name, $basis, $c) = @$case;

    is($t->get('/s', cookie => "ngx_consent=$good")->body =~ s/,.*//r,
       'grant', 'a cookie that is known');
    is($t->get('/s', cookie => $c)->body =~ s/,.*//r, $basis,
       "R26: and then, $name: $basis");
}

is($t->get('/s', host => 'LOCALHOST', cookie => "ngx_consent=$good")->body
   =~ s/,.*//r, 'grant', 'a host in capitals is the same');
is($t->get('/s', host => 'localhost:' . $t->port,
           cookie => "ngx_consent=$good")->body =~ s/,.*//r, 'grant',
   'with a port, too');
is($t->get('/s', host => 'localhost.', cookie => "ngx_consent=$good")->body
   =~ s/,.*//r, 'grant', 'and with a dot at its end');

# a cookie that does not count is no error, and is replaced by a choice

($r) = (scalar $t->post('/_consent/', [ choice => 'accept' ],
                        cookie => 'ngx_consent=garbage'));
is($r->status, 303, 'R26: over a broken cookie one can choose');
like(cookie($r), qr/^ngx_consent=v1\./, 'R26: and has a good one then');


# R28, R29

my %seen;
$seen{value(cookie(scalar $t->post('/_consent/', [ choice => 'reject' ],
      headers => [ 'User-Agent' => "Browser $_" ])))}++ for 1 .. 100;
is(scalar keys %seen, 1, 'R28: 100 refusals are one value');
like((keys %seen)[0], qr/^v1\.\w{8}\.1\.fam\.(\d+)\.\./, 'R28: without id');
(keys %seen)[0] =~ /\.(\d+)\.\./;
is($1 % 86400, 0, 'R28: and its time is a day');
is((keys %seen)[0], $k->sign(allowed => 'fam', id => '', time => $1),
   'R28: and nothing else is in it');

my $both = join '', map { cookie(scalar $t->post('/_consent/',
    [ choice => $_, return => '/secret-page?user=jane' ],
    headers => [ 'User-Agent' => 'Telltale/1.0',
                 'Referer' => 'http://localhost/secret-page',
                 'Origin' => 'http://localhost',
                 'X-Forwarded-For' => '198.51.100.77' ])) } qw(accept reject);
unlike($both, qr/127\.0\.0\.1|198\.51\.100|Telltale|secret|jane/i,
       'R29: no address, browser, page or name in a cookie');
is($t->get('/s', cookie => value($both) ? 'ngx_consent=' . value($both) : 'x')
     ->header('Set-Cookie'), undef, 'it is never set anew by looking');
unlike($t->get('/_consent/state', cookie => 'ngx_consent=' . value($both))
         ->body, qr/"id"/, 'R29: scripts of the page do not get the id');
unlike($t->get('/', cookie => 'ngx_consent=' . value($both))->head
       . $t->get('/', cookie => 'ngx_consent=' . value($both))->body,
       qr/\Q@{[ (split m{\.}, value($both))[5] ]}\E/,
       'R29: nor do a page and its headers have it');


# R27: keys change while visitors come and go

my $m = Test::Consent->new(master => 1, workers => 2);
$m->file('html/index.html', '<!doctype html><title>t</title><p>x');
$m->file('key', "$secret\n", 0600);
$m->server("consent on; consent_secret_file %%DIR%%/key; $say");

my $old = $m->choose('accept');
$m->port;

# a visitor who never stops: the number of answers that were not right

my $pid = fork();

if ($pid == 0) {
    my ($n, $bad) = (0, 0);

    # not by a signal, which would cut what is being read

    while (!-e "$m->{dir}/stop") {
        my $r = eval { $m->get('/s', cookie => $old) };
        $n++;
        $bad++ if !$r || $r->status != 200 || $r->body !~ /^grant/;
        $r = eval { $m->post('/_consent/', [ choice => 'reject' ]) };
        $bad++ if !$r || $r->status != 303;
        sleep 0.005;
    }

    open(my $f, '>', "$m->{dir}/seen");
    print $f "$n $bad";
    close $f;
    POSIX::_exit(0);
}

# a choice that is on its way to an old worker while the new ones start

sub half {
    my $s = $m->connect;
    my $raw = $m->make_request('POST', '/_consent/',
        form => [ choice => 'save', category => 'analytics' ],
        headers => [ Origin => 'http://localhost' ]);
    print $s substr($raw, 0, -5);
    return ($s, substr($raw, -5));
}

my @steps = (
    [ "$secret\n$other\n", $k->{id}, 'the new key is made known' ],
    [ "$other\n$secret\n", $o->{id}, 'the new key signs' ],
    [ "# rotated\n\n$other\n$secret\n", $o->{id}, 'nothing changes' ],
);

for (@steps) {
    my ($text, $kid, $what) = @$_;
    my ($s, $rest) = half();
    sleep 0.1;

    $m->file('key', $text, 0600);
    $m->reload;

    my $new = $m->choose('accept');
    is((split /\./, $new)[1], $kid, "R27: $what: by the key that signs");
    like($m->get('/s', cookie => $old)->body, qr/^grant/,
         "R27: $what: a cookie from before is good");

    print $s $rest;
    my $buf = '';
    my $r = Test::Consent::Response->read($s, \$buf, 'POST', 10);
    my ($c) = cookie($r) =~ /^([^;]+)/;
    is($r->status, 303, "R27: $what: a choice on its way is taken");
    like($m->get('/s', cookie => $c)->body, qr/^partial/,
         "R27: $what: and good with the new workers");
    like($m->get('/s', cookie => $new)->body, qr/^grant/,
         "R27: $what: as is a new one");
}

$m->file('stop', '');
waitpid $pid, 0;
my ($n, $bad) = split / /, slurp("$m->{dir}/seen");
is($bad, 0, 'R27: who came meanwhile was not dropped or forgotten');
cmp_ok($n, '>', 20, 'R27: and came all the time');

# an old worker takes what a new one has signed, for it knows the key

{
    $m->file('key', "$secret\n$other\n", 0600);
    $m->reload;
    my $s = $m->connect;
    my $head = "GET /s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    print $s $head;
    sleep 0.1;
    $m->file('key', "$other\n$secret\n", 0600);
    $m->reload;
    my $new = $m->choose('accept');
    is((split /\./, $new)[1], $o->{id}, 'R27: signed by a new worker');
    print $s "Cookie: $new\r\n\r\n";
    my $buf = '';
    like(Test::Consent::Response->read($s, \$buf, 'GET', 10)->body // '',
         qr/^grant/, 'R27: an old worker agrees');
}

$m->file('key', "$other\n", 0600);
$m->reload;
is($m->get('/s', cookie => $old)->body, $none,
   'R27: the old key taken away: undecided');
is($m->get('/s', cookie => $old)->status, 200, 'R27: and no error');


# many machines, one secret

my $m2 = Test::Consent->new;
$m2->file('html/index.html', '<!doctype html><p>x');
$m2->file('key', "$other\n", 0600);
$m2->server("consent on; consent_secret_file %%DIR%%/key; $say");

my $on1 = $m->choose('accept');
my $on2 = $m2->choose('reject');
like($m2->get('/s', cookie => $on1)->body, qr/^grant/,
     'the same secret file: a cookie of one machine is good on the other');
like($m->get('/s', cookie => $on2)->body, qr/^deny/, 'and the other way round');
is($t->get('/s', cookie => $on1)->body, $none,
   'another secret file: it is not');

done_testing();
