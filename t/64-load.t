#!/usr/bin/perl

# Mixed traffic at full speed, with a reload every ten seconds and a worker
# killed now and then: no request fails that plain nginx would not have
# failed, memory stays flat, the ledger is whole.
#
# CONSENT_LOAD=seconds; make test-full takes two minutes of it.

use lib 't/lib';
use Test::Consent;

use Compress::Zlib;
use Time::HiRes qw(sleep time);

my $seconds = $ENV{CONSENT_LOAD} || ($ENV{CONSENT_FULL} ? 120 : 0);
plan(skip_all => 'takes its time: CONSENT_FULL=1 or CONSENT_LOAD=seconds')
    unless $seconds;

my $clients = 6;
my $t = Test::Consent->new(master => 1, workers => 2);

$t->allow_log(qr/exited on signal 9/);

# nginx lets go of the lock that a killed worker held, and says so

$t->allow_log(qr/shared memory zone "[^"]+" was locked by \d+$/);

# what nginx logs of its own accord when a worker leaves in the middle of an
# accept: 1.22.1 without this module did, 52 times in 127 reloads

$t->allow_log(qr/open socket #\d+ left in connection|aborting$/);

my $text = join '', map { "<p>paragraph $_ <a href=\"/p$_\">a link</a></p>\n"
                          . ($_ % 40 ? '' : '<script src="https://tracker.test/'
                                            . "$_.js\"></script>\n") } 1 .. 900;
my $page = "<!doctype html><html lang=en><head><title>t</title></head><body>\n"
           . "$text<p>the end</p></body></html>\n";
my $gz = Compress::Zlib::memGzip($page);

$t->file('html/index.html', $page);
$t->file('html/a.txt', 'text' x 1000);
$t->file('key', 'a1' x 32 . "\n", 0600);

$t->upstream(sub {
    my ($c, $req) = @_;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        . ($req->{uri} =~ /gz/ ? "Content-Encoding: gzip\r\n" : '')
        . "Set-Cookie: _ga=1\r\nConnection: close\r\n\r\n"
        . ($req->{uri} =~ /gz/ ? $gz : $page);
});

$t->server(q{
    gzip on;
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing tracker.test ~*/ads?/\d+;
    consent_log %%DIR%%/ledger.jsonl;
    location /up/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location = /status { consent_status; }
}, 'consent_zone consent:1m;');

my ($grant) = $t->choose('accept');

my @ask = (
    [ 6, 'GET', '/', 'the end' ],
    [ 3, 'GET', '/', 'the end', cookie => $grant ],
    [ 3, 'GET', '/', undef, headers => [ 'Accept-Encoding' => 'gzip' ] ],
    [ 2, 'GET', '/up/', 'the end' ],
    [ 2, 'GET', '/up/gz', 'the end' ],
    [ 1, 'GET', '/a.txt', 'text' ],
    [ 1, 'GET', '/_consent/state', '"mode"' ],
    [ 1, 'GET', '/_consent/', '</html>' ],
    [ 1, 'GET', '/status?format=json', '"choices"' ],
    [ 1, 'POST', 'accept' ],
    [ 1, 'POST', 'reject' ],
);

my @deck = map { my $a = $_; map { $a } 1 .. $a->[0] } @ask;


# one client: until the time is up; what failed, and how many grants it got

sub client {
    my ($n) = @_;

    srand($n);
    my $end = time() + $seconds;
    my ($done, $grants, @failed) = (0, 0);

    while (time() < $end) {
        my (undef, $method, $what, $want, %o) = @{$deck[rand @deck]};

        my $r = eval {
            $method eq 'GET' ? $t->get($what, %o)
                : $t->post('/_consent/', [ choice => $what ]);
        };

        $done++;

        if (!$r || !$r->status) {
            push @failed, "none $method $what";

        } elsif ($method eq 'POST') {
            $grants++ if $what eq 'accept' && $r->status == 303;
            push @failed, $r->status . " $what" if $r->status != 303;

        } elsif ($r->status != 200 || !$r->complete
                 || defined $want && $r->body !~ /\Q$want\E/)
        {
            push @failed, ($r->complete ? '' : 'cut ') . $r->status . " $what";
        }
    }

    $t->file("client.$n", join "\n", $done, $grants, @failed);
}

my @pids;

for my $n (1 .. $clients) {
    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if (!$pid) {
        client($n);
        POSIX::_exit(0);
    }

    push @pids, $pid;
}


sub workers {
    my $list = '/proc/' . $t->{nginx} . '/task/' . $t->{nginx} . '/children';
    return split ' ', slurp($list);
}

sub rss {
    my ($pid) = @_;
    my $s = eval { slurp("/proc/$pid/status") } // '';
    return $s =~ /VmRSS:\s+(\d+)/ ? $1 : 0;
}

my ($start, $reloads, $kills) = (time(), 0, 0);
my (@master, @worker);

while (time() < $start + $seconds - 1) {
    sleep 5;

    # of a worker that has served for five seconds at least

    my @w = map { rss($_) } workers();
    push @worker, (sort { $a <=> $b } @w)[-1] if @w;
    push @master, rss($t->{nginx});

    if ($reloads % 3 == 2) {
        my ($w) = workers();
        kill 'KILL', $w and $kills++ if $w;
        sleep 0.5;
    }

    sleep 4.5;
    kill 'HUP', $t->{nginx};
    $reloads++;
}

waitpid($_, 0) for @pids;
sleep 1;

my ($done, $grants, @failed) = (0, 0);

for my $n (1 .. $clients) {
    my ($d, $g, @f) = split /\n/, slurp($t->dir . "/client.$n");
    $done += $d;
    $grants += $g;
    push @failed, @f;
}

diag("$done requests, $grants grants, $reloads reloads, $kills kills, "
     . scalar(@failed) . " cut by a kill; master $master[0] to $master[-1] kB,"
     . " worker $worker[0] to $worker[-1] kB");

cmp_ok($done, '>', $seconds * 10, 'there was traffic');
cmp_ok($reloads, '>', $seconds / 20, 'and reloads');

# whoever a killed worker served is cut off, with plain nginx, too

cmp_ok(scalar @failed, '<=', $kills * $clients, 'no request failed but what '
       . 'a killed worker had in hand') or diag(join "\n", @failed[0 .. 9]);
is(scalar(grep { /^[45]/ } @failed), 0, 'and none with an error of nginx')
    or diag(grep { /^[45]/ } @failed);

for my $of ([ 'the master', \@master ], [ 'a worker', \@worker ]) {
    my ($who, $kb) = @$of;
    my $third = int(@$kb / 3) || 1;
    my @s = sort { $a <=> $b } @$kb[$third .. 2 * $third - 1];
    my @e = sort { $a <=> $b } @$kb[-$third .. -1];

    cmp_ok($e[$#e / 2], '<', $s[$#s / 2] * 1.05 + 1024,
           "the memory of $who stays flat");
}

my $given = () = slurp($t->dir . '/ledger.jsonl') =~ /"ev":"given"/g;
cmp_ok($given, '>=', $grants + 1, 'each grant has its line');
cmp_ok($given, '<=', $grants + 1 + $kills * $clients,
       'and there are no more lines than were asked for');

my $said = $t->run(Test::Consent->build . '/consentctl', 'verify',
                   '--secret', $t->dir . '/key', $t->dir . '/ledger.jsonl');
is($?, 0, 'the ledger is whole') or diag($said);

done_testing();
