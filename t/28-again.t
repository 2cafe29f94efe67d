#!/usr/bin/perl

# A page that is asked for again and again: each visitor gets what is his, and
# what is in it now, whatever was remembered of it.  What it should be is what
# one gets under an address that nobody asked for before.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

my $ga = 'https://www.google-analytics.com';
my $track = "<script src=\"$ga/a.js\"></script>";
my $text = '<p>' . 'Some text that is in all of them. ' x 400 . "\n";
my $page = "<!doctype html><html lang=en><head><title>x</title>$track</head>"
           . "<body>$text$track$text</body></html>\n";

$t->file('html/a.html', $page);
$t->file('key', 'a1' x 32 . "\n", 0600);

# as many bytes of the page, in pieces of as many, as the request says

$t->upstream(sub {
    my ($s, $r) = @_;
    my $cut = $r->{headers}{'x-cut'};
    my $body = substr($page, 0, $r->{headers}{'x-len'} // length $page);

    print $s "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
             . "Connection: close\r\n\r\n";

    for (my $at = 0; $at < length $body; $at += $cut) {
        print $s substr($body, $at, $cut);
        select(undef, undef, undef, 0.002) if $cut > 1000;
    }
});

# another each time

$t->upstream(sub {
    my ($s) = @_;

    print $s "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
             . "Connection: close\r\n\r\n<!doctype html><title>x</title>"
             . "$text<p id=n>" . rand() . "$track$text";
}, 2);

# words, and others a second later

$t->upstream(sub {
    my ($s) = @_;

    print $s "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
             . "Connection: close\r\n\r\n<!doctype html><title>x</title>"
             . "<p>first words";
    sleep 1;
    print $s '<p>second words';
}, 3);

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    location /p/ { proxy_pass http://127.0.0.1:%%PORT1%%; proxy_buffering off; }
    location /slow/ { proxy_pass http://127.0.0.1:%%PORT3%%; proxy_buffering off; }
    location /live/ { proxy_pass http://127.0.0.1:%%PORT2%%; }
    location /status { consent_status; }
}, 'consent_zone z:1m;');

my $fresh = 0;

sub same {
    my ($uri, $name, %o) = @_;

    my $now = $t->get("$uri?" . $fresh++, %o)->body;
    my $again = $t->get($uri, %o)->body;

    is($t->without_insertions($again), $t->without_insertions($now), $name);
    return $again;
}

sub withheld {
    my ($body) = @_;
    return scalar(() = $body =~ /\bdata-src=["']?\Q$ga\E/g);
}


# each visitor, as often as one likes

my ($yes) = $t->choose('accept');
my ($no) = $t->choose('reject');

for ([ 'not asked yet', undef, 2 ], [ 'agreed', $yes, 0 ], [ 'refused', $no, 2 ])
{
    my ($who, $cookie, $n) = @$_;

    for my $time (1 .. 5) {
        my $body = same('/a.html', "$who: the same, for the ${time}th time",
                        cookie => $cookie);
        is(withheld($body), $n, "$who: $n trackers withheld");
    }
}

for (1 .. 3) {
    is(withheld($t->get('/a.html', cookie => $yes)->body), 0,
       'in turn: who agreed gets it all');
    is(withheld($t->get('/a.html')->body), 2, 'in turn: who did not does not');
}

like($t->get('/a.html')->body, qr/id="privacy-choices"/,
     'who was not asked is asked');
unlike($t->get('/a.html', cookie => $no)->body, qr/id="privacy-choices"[^-]/,
       'who refused is not asked again');


# what was found is counted each time

sub counted {
    return $t->get('/status?format=prometheus')->body
           =~ /^nginx_consent_blocked_total\{.*"analytics".*\} (\d+)/m
           ? $1 : -1;
}

my $before = counted();
$t->get('/a.html') for 1 .. 4;
is(counted() - $before, 8, 'two trackers, four times: eight are counted');


# the page is edited

my @edits = (
    [ 'at its beginning', sub { s{Some text}{<img src=$ga/p.gif>} } ],
    [ 'at its end', sub { s{</body>}{<img src="$ga/q.gif"></body>} } ],
    [ 'where a tracker was', sub { s{\Q$ga\E}{https://own.example} } ],
    [ 'by being cut off', sub { $_ = substr($_, 0, -9000) } ],
);

for (@edits) {
    my ($where, $edit) = @$_;

    local $_ = $page;
    $edit->();
    my $n = () = /\Q$ga\E/g;
    $t->file('html/a.html', $_);

    for my $time (1 .. 4) {
        is(withheld(same('/a.html', "edited $where: what it is now")), $n,
           "edited $where: all $n trackers in it are withheld");
    }
}


# in pieces, complete or broken off

for my $cut (100, 100, 100, 3000, 37, 100000) {
    for my $len (length $page, 5000, 300, length $page) {
        same('/p/x', "$len bytes in pieces of $cut",
             headers => [ 'X-Cut' => $cut, 'X-Len' => $len ]);
    }
}


# what has come leaves before more comes, for the fourth time, too

for my $time (1 .. 4) {
    my $s = $t->connect;
    print $s "GET /slow/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    my $got = '';
    while ($got !~ /first/ && sysread($s, my $b, 65536)) { $got .= $b }
    ok($got =~ /first/ && $got !~ /second/,
       "the first words leave before the others come, time $time");
    while (sysread($s, my $b, 65536)) { $got .= $b }
    like($got, qr/second/, 'and these later');
    close $s;
}


# never the same twice

for (1 .. 6) {
    is(withheld($t->get('/live/x')->body), 1,
       'another each time: what is to be withheld is');
}

done_testing();
