#!/usr/bin/perl

# What the module itself costs a request that it has nothing to do with:
# instructions between the first of its code and the last, as callgrind counts
# them, so that neither nginx's own work nor the state of its memory is in it.
# A request is one of many on a connection; the difference of 2N and N.

use lib 't/lib';
use Test::Consent;
use Time::HiRes;

plan(skip_all => 'no valgrind')
    unless grep { -x "$_/valgrind" } split(/:/, $ENV{PATH});
plan(skip_all => 'a sanitizer has its own instructions')
    if $ENV{CONSENT_SANITIZED};

plan(skip_all => 'it is no object of its own')
    if Test::Consent->module eq 'static';

my ($object) = Test::Consent->module =~ m{([^/]+)$};
my $page = '<!doctype html><html><head><title>t</title></head><body><p>x'
           . ('<p>text' x 500) . '</body></html>';

my $t = Test::Consent->new(log_level => 'warn');
my $dir = $t->dir;

$t->{wrapper} = ['valgrind', '--tool=callgrind', '-q',
                 "--callgrind-out-file=$dir/cg"];
$t->file('html/index.html', $page);
$t->file('html/i.png', 'x' x 4000);
$t->file('key', 'a1' x 32 . "\n", 0600);
$t->server('consent on; consent_secret_file %%DIR%%/key; sendfile on;
            keepalive_requests 100000;
            location /off/ { alias %%DIR%%/html/; consent off; }
            location /open/ { alias %%DIR%%/html/; consent_links off; }');

for (1 .. 600) {
    last if $t->listening;
    Time::HiRes::sleep(0.1);
}

my $accept = $t->choose('accept');

# recorded with gcc 12 -O2, and a fifth more for others

my @cases = (
    [ 'a page under "consent off"', '/off/index.html', '', 59 ],
    [ 'what is no page', '/i.png', '', 166 ],
    [ 'a page to which all is agreed, nothing to add', '/open/index.html',
      "Cookie: $accept\r\n", 671 ],
);

for (@cases) {
    my ($name, $uri, $header, $most) = @$_;

    my $is = (counted($uri, $header, 60) - counted($uri, $header, 30)) / 30;

    cmp_ok($is, '>', 0, "$name: the module was asked");
    cmp_ok($is, '<=', $most, sprintf('%s costs %d instructions', $name, $is));
}


# of the module's own, for n requests on one connection

sub counted {
    my ($uri, $header, $n) = @_;

    my $s = $t->connect;
    my $ask = sub {
        print $s "GET $uri HTTP/1.1\r\nHost: localhost\r\n$header\r\n";
        my $r = '';

        while ($r !~ /\r\n\r\n/) {
            sysread($s, $r, 65536, length $r) or die "no answer\n";
        }

        my ($len) = $r =~ /^Content-Length: (\d+)/mi;
        my $left = $len - (length($r) - index($r, "\r\n\r\n") - 4);

        while ($left > 0) {
            $left -= sysread($s, my $x, 65536) || die "cut\n";
        }
    };

    $ask->() for 1 .. 3;
    dumped();
    $ask->() for 1 .. $n;

    return own(dumped());
}

sub dumped {
    my $n = () = glob("$dir/cg.[0-9]*");

    system("callgrind_control --dump=x $t->{nginx} > /dev/null 2>&1");

    for (1 .. 500) {
        my @f = sort { ($a =~ /(\d+)$/)[0] <=> ($b =~ /(\d+)$/)[0] }
                glob("$dir/cg.[0-9]*");

        return slurp($f[-1]) if @f > $n && slurp($f[-1]) =~ /^totals: /m;
        Time::HiRes::sleep(0.02);
    }

    die "callgrind does not answer\n";
}

# self cost of what is in our object; the line after "calls=" is another's

sub own {
    my (%name, $in, $calls, $sum);

    for (split /\n/, $_[0]) {

        if (/^ob=\((\d+)\)(?: (.*))?/) {
            $name{$1} = $2 if defined $2;
            $in = ($name{$1} // '') =~ /\Q$object\E$/;

        } elsif (/^cob=\((\d+)\) (.*)/) {
            $name{$1} = $2;

        } elsif (/^calls=/) {
            $calls = 1;

        } elsif (/^[+\-*\d]\S* (\d+)/) {
            $sum += $1 if $in && !$calls;
            $calls = 0;
        }
    }

    return $sum // 0;
}

done_testing();
