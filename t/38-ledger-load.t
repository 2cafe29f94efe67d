#!/usr/bin/perl

# The ledger under load: four workers, 200 connections, reloads and rotations
# all the time and a worker killed in the middle of it.  Each grant that a
# browser got has one line, no cookie is without one, the chain is whole.
# 2,000 choices; 20,000 in the full test.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Record;

use IO::Socket::INET;
use JSON::PP;
use Time::HiRes qw(sleep time);

my $want = $ENV{CONSENT_FULL} ? 20_000 : 2_000;
my $conns = 200;
my $steps = 10;

my $secret = 'a1' x 32;
my $k = Test::Consent::Record->key($secret);
my $ctl = Test::Consent->build . '/consentctl';
plan(skip_all => 'no consentctl: make ctl') if !-x $ctl;

my $t = Test::Consent->new(master => 1, workers => 4, log_level => 'notice',
                           $> == 0 ? (user => 'nobody nogroup') : ());

chmod 0777, "$t->{dir}/logs";
mkdir "$t->{dir}/log";
chmod 0777, "$t->{dir}/log";
my $ledger = "$t->{dir}/log/ledger.jsonl";

$t->file('html/index.html', '<!doctype html><title>t</title><p>x');
$t->file('key', "$secret\n", 0600);
$t->allow_log(qr/exited on signal 9/, qr/was locked by/,
              qr/logs\/error\.log" failed/);     # nginx's own, not ours
$t->server('keepalive_requests 50; consent on;
    consent_secret_file %%DIR%%/key;
    consent_log %%DIR%%/log/ledger.jsonl;');

my @kinds = map {
    my $form = $_;
    $t->make_request('POST', '/_consent/', form => $form, keepalive => 1,
                     headers => [ 'Sec-Fetch-Site' => 'same-origin' ])
} [ choice => 'accept' ], [ choice => 'accept' ],
  [ choice => 'save', category => 'analytics' ], [ choice => 'reject' ];

sub workers {
    my @pids;

    for (glob('/proc/[0-9]*/stat')) {
        my $stat = eval { slurp($_) } or next;
        my ($pid, $parent) = $stat =~ /^(\d+) \(.*\) \S (\d+)/s or next;
        push @pids, $pid if $parent == $t->{nginx};
    }

    return @pids;
}


# 200 connections, each with one request on its way at any time

my (%conn, @granted);
my ($sent, $done, $refused, $lost, $other, $rotated, $step) = (0) x 7;
my $port = $t->port;
my $deadline = time + 400;

sub open_one {
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port,
                                  Timeout => 5) or return;
    $s->blocking(0);
    $conn{fileno $s} = { s => $s, in => '' };
    send_one($conn{fileno $s});
}

sub send_one {
    my ($c) = @_;
    $c->{in} = '';
    syswrite($c->{s}, $kinds[$sent++ % @kinds]);
}

sub close_one {
    my ($c) = @_;
    delete $conn{fileno $c->{s}};
    close $c->{s};
}

# what happens meanwhile, at each tenth of the way, when nginx is done with the
# rotation before

sub reopened {
    for (1 .. 500) {
        return if -e $ledger;
        sleep 0.02;
    }
}

sub rotate {
    $rotated++ if rename $ledger, "$ledger." . ($rotated + 1);
    kill 'USR1', $t->{nginx};
}

sub disturb {
    $step++;
    reopened();

    kill 'HUP', $t->{nginx} if $step % 3 != 2;
    rotate() if $step % 3 != 1;

    # one that is just leaving may be gone before: then another, next time

    if ($step >= 5 && !$t->log_lines(qr/exited on signal 9/)) {
        my @w = workers();
        kill 'KILL', $w[rand @w] if @w;
    }
}

sub answered {
    my ($c) = @_;

    my ($status) = $c->{in} =~ m{^HTTP/1\.1 (\d+)};
    my ($cookie) = $c->{in} =~ /^Set-Cookie: ngx_consent=([^;]+)/m;

    if ($status == 303 && $cookie) {
        my $id = (split /\./, $cookie)[5];
        length $id ? push(@granted, $id) : $refused++;

    } else {
        $other++;
    }

    $done++;
    disturb() if $done > $step * $want / $steps && $done < $want;
}

while ($done < $want && time < $deadline) {

    open_one() while keys %conn < $conns && $done + keys %conn < $want;

    my $r = '';
    vec($r, $_, 1) = 1 for keys %conn;
    my $n = select(my $ready = $r, undef, undef, 5);

    for my $fd (keys %conn) {
        next if !vec($ready, $fd, 1);
        my $c = $conn{$fd};

        my $got = sysread($c->{s}, $c->{in}, 8192, length $c->{in});

        if (!defined $got) {
            next if $!{EAGAIN} || $!{EINTR};
            $got = 0;
        }

        if ($got == 0) {
            $lost++;
            close_one($c);
            next;
        }

        next if $c->{in} !~ /\r\n\r\n/;

        answered($c);

        if ($c->{in} =~ /^Connection: close/mi
            || $done + keys(%conn) > $want)
        {
            close_one($c);
            next;
        }

        send_one($c);
    }
}

close_one($_) for values %conn;
reopened();
$t->stop;

my @files = ((map { "$ledger.$_" } 1 .. $rotated), $ledger);
my @lines = read_ledger(@files);
my %count;

for (@lines) {
    my $e = eval { decode_json($_) } or next;
    next if !defined $e->{id};
    $count{$e->{id}}++;
}

my %cookie = map { $_ => 1 } @granted;

note("$done choices, " . @granted . " grants, $refused refusals, "
     . scalar(@lines) . " lines in " . @files . " files, $lost connections "
     . "ended without an answer");

is($done, $want, "$want choices were made");
is($other, 0, 'R62: each was answered by a 303 with its cookie');
cmp_ok($rotated, '>=', 6, 'over rotations');
cmp_ok(scalar($t->log_lines(qr/exited on signal 9/)), '>=', 1,
       'and a killed worker');
cmp_ok(scalar(@granted), '>=', $want * 0.7, 'most of them are grants');
is(scalar(keys %cookie), scalar(@granted), 'each has an id of its own');
is_deeply([ grep { !$count{$_} } @granted ], [],
          'R62: no cookie is without its line');
is_deeply([ grep { $count{$_} > 1 } keys %count ], [],
          'R62: each has exactly one');

my $unseen = grep { !$cookie{$_} } keys %count;
cmp_ok($unseen, '<=', $lost + $conns,
       'R62: lines that no browser has seen are of those that were cut off');

is_deeply([ ledger_wrong([ $k ], grep { eval { decode_json($_) } } @lines) ],
          [], 'R64: the chain is whole, over all files');

my $out = $t->run($ctl, 'verify', '--secret', "$t->{dir}/key", @files);
is($? >> 8, 0, 'R64: so says consentctl') or diag($out);

done_testing();
