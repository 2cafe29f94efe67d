#!/usr/bin/perl

# A cookie that is not exactly ours, byte for byte, is never consent: ten
# thousand forged, cut, changed and random ones.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

$t->file('html/index.html', '<!doctype html><title>t</title><p>x'
         . '<script src="https://www.google-analytics.com/a.js"></script>');
$t->file('key', 'a1' x 32 . "\n", 0600);
$t->file('other.key', 'b2' x 32 . "\n", 0600);

my $conf = q{
    keepalive_requests 100000;
    client_header_buffer_size 4k;
    large_client_header_buffers 8 32k;
    consent on;
    location = /s { default_type text/plain;
        return 200 "$consent_basis,$consent_allowed,$consent_marketing,$consent_analytics"; }
};

$t->server("consent_secret_file %%DIR%%/other.key;$conf");
my $foreign = $t->choose('accept');

$t->server("consent_secret_file %%DIR%%/key;$conf");
my $good = $t->choose('accept');
my $deny = $t->choose('reject');
my ($name, $value) = split /=/, $good, 2;

srand(20261124);

my $s = $t->connect;
my $rest = '';

# one connection for all of them: the answer to a cookie header

sub says {
    my ($cookie) = @_;

    my $raw = "GET /s HTTP/1.1\r\nHost: localhost\r\n"
              . join('', map { "Cookie: $_\r\n" }
                         ref $cookie ? @$cookie : $cookie) . "\r\n";
    print $s $raw;
    my $r = Test::Consent::Response->read($s, \$rest, 'GET', 15);

    if (($r->header('Connection') // '') eq 'close' || !$r->status) {
        close $s;
        $s = $t->connect;
        $rest = '';
    }

    return $r->status == 200 ? $r->body : 'status ' . $r->status;
}

is(says($good), 'grant,necessary,functional,analytics,marketing,1,1',
   'the true cookie is');

my $none = qr/^none,necessary,,$|^status 400$/;

sub never {
    my ($what, @cookies) = @_;

    my @bad;

    for my $c (@cookies) {
        my $got = says($c);
        push @bad, [ $c, $got ] if $got !~ $none;
    }

    is(scalar @bad, 0, "$what (" . @cookies . ')');
    for (@bad[0 .. ($#bad > 2 ? 2 : $#bad)]) {
        diag("$_->[0]: $_->[1]");
    }
}

my @alphabet = map { chr } 0x21, 0x23 .. 0x2b, 0x2d .. 0x3a, 0x3c .. 0x5b,
                           0x5d .. 0x7e;

never('another key', $foreign);

# every byte of it changed to each of several others

my @c;
for my $i (0 .. length($value) - 1) {
    for (1 .. 12) {
        my $v = $value;
        my $old = substr($v, $i, 1);
        my $new = $alphabet[rand @alphabet];
        next if $new eq $old;
        substr($v, $i, 1) = $new;
        push @c, "$name=$v";
    }
}
never('one byte changed', @c);

@c = ();
for my $i (0 .. length($value) - 1) {
    push @c, "$name=" . substr($value, 0, $i);
    push @c, "$name=" . substr($value, $i) if $i;
    my $v = $value;
    substr($v, $i, 1) = '';
    push @c, "$name=$v";
    $v = $value;
    substr($v, $i, 0) = $alphabet[rand @alphabet];
    push @c, "$name=$v";
}
never('cut, or one byte less or more', @c);

# the fields of it mixed with those of others

my @g = split /\./, $value;
my ($dv) = $deny =~ /=(.*)/;
my ($fv) = $foreign =~ /=(.*)/;
my @d = split /\./, $dv, -1;
my @f = split /\./, $fv, -1;

@c = ();
for my $mask (1 .. 2 ** @g - 2) {
    for my $o (\@d, \@f) {
        my @m = map { $mask & 1 << $_ ? $o->[$_] : $g[$_] } 0 .. $#g;
        my $v = join '.', map { $_ // '' } @m;
        next if $v eq $value || $v eq $dv;
        push @c, "$name=$v";
    }
}
never('fields of two cookies mixed', @c);

@c = map { "$name=$_" }
     '', '.', 'v1', 'v1.', 'v1......', 'v2.' . substr($value, 3),
     lc $value ne $value ? lc $value : 'x', uc $value, "$value.", ".$value",
     "$value$value", "$value.$value", "\"$value\"", " v1", "%76" . substr($value, 1),
     join('.', @g, 'x'), join('.', reverse @g), '1', 'true', 'accept', 'all',
     'null', '{"marketing":true}', 'v1.' . 'a' x 8000, 'a' x 20000,
     "$value%00", "$value\x01", "$value\xff", "\xef\xbb\xbf$value";
never('of other shapes', @c);

@c = ();
while (@c < 7000) {
    my $kind = int rand 4;
    my $v;

    if ($kind == 0) {
        $v = join '', map { $alphabet[rand @alphabet] } 1 .. rand 200;

    } elsif ($kind == 1) {
        $v = join '.', 'v1', map { join '', map { $alphabet[rand @alphabet] }
                                   1 .. rand 30 } 1 .. rand 9;

    } elsif ($kind == 2) {
        # well-formed, with a made-up MAC
        $v = join '.', @g[0 .. $#g - 1],
             join '', map { ('A' .. 'Z', 'a' .. 'z', 0 .. 9, '-', '_')
                            [rand 64] } 1 .. length $g[-1];
        next if $v eq $value;

    } else {
        $v = join '', map { chr(0x80 + rand 0x80) } 1 .. rand 100;
        $v = "$value$v" if $v ne '' && rand() < 0.3;
        next if $v eq '';
    }

    push @c, "$name=$v";
}
never('random', @c);

@c = map { join '', map { chr(rand(224) + 32) } 1 .. rand 300 } 1 .. 1000;
never('not even a cookie header', @c);


# more than one: two different ones are no choice that can be relied on; a
# refusal beside a grant is never a grant

my $accept2 = $t->choose('accept');

for my $pair ([ $good, $deny ], [ $deny, $good ]) {
    unlike(says(join '; ', @$pair), qr/1/, 'a grant and a refusal, one header');
    unlike(says($pair), qr/1/, 'a grant and a refusal, two headers');
}

unlike(says("$name=garbage; $good"), qr/^status 5/, 'garbage first: no error');
unlike(says("$good; $name=garbage"), qr/^status 5/, 'garbage last: no error');
like(says("a=b; $good; c=d"), qr/^grant/, 'between others it is found');
like(says("x$name=1; $good"), qr/^grant/, 'a longer name is another');
is(says(ucfirst $good), 'none,necessary,,', 'names are compared exactly');

# for another host it does not count

print $s "GET /s HTTP/1.1\r\nHost: other.example\r\nCookie: $good\r\n\r\n";
is(Test::Consent::Response->read($s, \$rest, 'GET', 15)->body, 'none,necessary,,',
   'a cookie of another host is not consent here');

# a page, too

my $r = $t->get('/', cookie => "$name=v1.forged");
like($r->body, qr/data-consent="blocked"/, 'with a forged one, a page is gated');
is($r->status, 200, 'and comes as ever');

done_testing();
