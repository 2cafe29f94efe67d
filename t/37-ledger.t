#!/usr/bin/perl

# The ledger: a line on disk before the answer leaves, a chain that goes on
# whatever happens, and nothing granted where no line can be written.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Record;

use IO::Socket::IP;
use JSON::PP;
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep);

my $secret = 'a1' x 32;
my $k = Test::Consent::Record->key($secret);
my $page = '<!doctype html><html lang=en><title>t</title><body><p>x'
           . '<script src="https://www.google-analytics.com/a.js"></script>';
my $ctl = Test::Consent->build . '/consentctl';
plan(skip_all => 'no consentctl: make ctl') if !-x $ctl;

# workers are nobody where the tests are root: only then can they be refused

sub site {
    my ($more, %o) = @_;

    my $t = Test::Consent->new(master => 1, workers => 2,
                               $> == 0 ? (user => 'nobody nogroup') : (), %o);
    chmod 0777, "$t->{dir}", "$t->{dir}/logs";
    $t->file('html/index.html', $page);
    $t->file('key', "$secret\n", 0600);
    $t->{ledger} = "$t->{dir}/log/ledger.jsonl";
    mkdir "$t->{dir}/log";
    chmod 0777, "$t->{dir}/log";
    $t->server('consent on; consent_secret_file %%DIR%%/key; '
               . 'location = /status { consent_status; } '
               . ($more // 'consent_log %%DIR%%/log/ledger.jsonl;'),
               'consent_zone z:1m;');
    return $t;
}

sub lines { read_ledger(@_) }
sub entry { decode_json($_[0]) }

sub verify {
    my ($t, @files) = @_;
    @files = ($t->{ledger}) if !@files;
    my $out = $t->run($ctl, 'verify', '--secret', "$t->{dir}/key", @files);
    return ($? >> 8) . ($? ? ": $out" : '');
}

sub whole {
    my ($t, $name, @files) = @_;
    @files = ($t->{ledger}) if !@files;
    is_deeply([ ledger_wrong([ $k ], lines(@files)) ], [], "R64: $name: whole");
    is(verify($t, @files), '0', "R64: $name: so says consentctl");
}

sub id { (split /\./, $_[0] // '')[5] }

sub counted {
    my ($t) = @_;
    return $t->get('/status?format=prometheus')->body
           =~ /^\w*ledger\w*\s+(\d+)/m ? $1 : 'none';
}


sub workers {
    my ($t) = @_;
    my @pids;

    for (glob('/proc/[0-9]*/stat')) {
        my $stat = eval { slurp($_) } or next;
        my ($pid, $parent) = $stat =~ /^(\d+) \(.*\) \S (\d+)/s or next;
        push @pids, $pid if $parent == $t->{nginx};
    }

    return @pids;
}


# R62: what a line says

my $t = site();
my $accept = $t->choose('accept', headers => [ 'Sec-Fetch-Site' =>
    'same-origin', 'Sec-Fetch-User' => '?1', 'User-Agent' => 'Telltale/1.0',
    'X-Forwarded-For' => '198.51.100.77',
    Referer => 'http://localhost/secret-page?user=jane' ]);
my @l = lines($t->{ledger});
is(scalar @l, 1, 'R62: a grant: one line');
my $e = entry($l[0]);

is($e->{ev}, 'given', 'R62: what happened');
is($e->{id}, id($accept), 'R62: whose, by the cookie\'s id');
is_deeply($e->{cats}, { functional => JSON::PP::true,
    analytics => JSON::PP::true, marketing => JSON::PP::true },
    'R62: what was agreed to');
like($e->{t}, qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'R62: when');
is("$e->{mode} $e->{lang} $e->{revision} $e->{valid} $e->{via} $e->{host}",
   'opt-in en 1 P180D form localhost',
   'R62: mode, language, revision, validity, way and host');
like($e->{notice}, qr/^[0-9a-f]{64}$/, 'R62: which notice');
ok($e->{gesture}, 'R62: by a person');
is($e->{kid}, $k->{id}, 'R62: under which key');

unlike($l[0], qr/127\.0\.0\.1|198\.51|Telltale|secret-page|jane/,
       'R29: no address, browser or page in the ledger');
unlike($t->error_log, qr/\Q$e->{id}\E|Telltale/,
       'R29: nor an id in the error log');

my $part = $t->choose('save', categories => [ 'analytics' ],
                      cookie => $accept);
my $gone = $t->choose('reject', cookie => $part);
$t->choose('reject');
$t->choose('accept', cookie => $gone);
@l = map { entry($_) } lines($t->{ledger});
is(join(' ', map { $_->{ev} } @l), 'given changed withdrawn refused given',
   'R62: each choice has its line, with what it was');
is($l[1]{id}, $e->{id}, 'R62: a change is of the same record');
is($l[2]{id}, $e->{id}, 'R62: a withdrawal says what it withdraws');
is($l[3]{id}, undef, 'R62: a refusal names nobody');
isnt($l[4]{id}, $e->{id}, 'R62: a new grant is a new record');
is_deeply([ map { $_->{seq} } @l ], [ 1 .. 5 ], 'R62: counted');
my $wrong = $t->post('/_consent/', [ choice => 'accept' ],
                     headers => [ Origin => 'https://evil.example' ]);
$t->get('/') for 1 .. 3;
is(scalar lines($t->{ledger}), 5, 'R62: what was no choice has no line');
whole($t, 'one by one');


# R29: what an operator may ask for, cut

{
    my $t = site('consent_log %%DIR%%/log/ledger.jsonl address agent;');
    my @h = (headers => [ Origin => 'http://localhost', 'User-Agent' =>
        'Mozilla/5.0 (X11; "Jane\'s") Gecko/20100101 Fire"fox/153.1.2' ]);
    my $c = $t->choose('accept', @h);
    $t->choose('reject', @h);
    my @l = map { entry($_) } lines($t->{ledger});
    is($l[0]{net}, '127.0.0.0/24', 'R29: a network, if asked for');
    is($l[0]{agent}, 'Mozilla/5 Gecko/20100101 Fire"fox/153',
       'R29: a browser, if asked for');
    ok(!defined $l[1]{net} && !defined $l[1]{agent},
       'R29: of a refusal neither, whatever is asked for');
    whole($t, 'with network and browser');
}


SKIP: {
    my $six = IO::Socket::IP->new(LocalHost => '::1', Listen => 1);
    skip('no IPv6 here', 3) unless $six;
    close $six;

    my $t = site('listen [::1]:%%PORT2%%;
                  consent_log %%DIR%%/log/ledger.jsonl address;');
    my $s = IO::Socket::IP->new(PeerHost => '::1',
                                PeerPort => $t->port(2)) or die "::1: $!\n";
    $t->choose('accept', socket => $s);
    is(entry((lines($t->{ledger}))[0])->{net}, '::/48',
       'R29: a network, if asked for, of an IPv6 address, too');
    whole($t, 'with an IPv6 network');
}


# servers that name the same file write one ledger

{
    my $t = site('consent_log %%DIR%%/log/ledger.jsonl; }
                  server { listen 127.0.0.1:%%PORT2%%; consent on;
                           consent_secret_file %%DIR%%/key;
                           consent_log %%DIR%%/log/ledger.jsonl;');

    $t->choose('accept', port => $_) for 0, 2, 0, 2;
    is(scalar lines($t->{ledger}), 4, 'R64: two servers, one ledger');
    whole($t, 'two servers, one ledger');
}


# R62: on disk before the answer: the whole of nginx is killed by the answer

{
    my $t = site('consent_log %%DIR%%/log/ledger.jsonl sync;');
    my ($n, @ids) = (0);

    for (1 .. 5) {
        my $c = $t->choose('accept');
        my @kids = workers($t);
        kill 'KILL', $t->{nginx}, @kids;
        waitpid delete $t->{nginx}, 0;
        unlink "$t->{dir}/nginx.pid";
        push @ids, id($c);
        $t->start_file("$t->{dir}/nginx.conf");
    }

    is(join(' ', map { entry($_)->{id} } lines($t->{ledger})), join(' ', @ids),
       'R62: killed by the 303, five times: each line is there, once');
    whole($t, 'killed five times');
}


# R64: reload, rotation, restart, torn line

{
    my $t = site();
    my $n = 0;
    my $add = sub { $t->choose('accept'), $n++ for 1 .. $_[0] };

    $add->(3);
    $t->reload;
    $add->(3);
    whole($t, 'over a reload');

    rename $t->{ledger}, "$t->{ledger}.1";
    $add->(2);
    is(scalar lines("$t->{ledger}.1"), 8,
       'R64: moved away: lines go after it');
    kill 'USR1', $t->{nginx};
    sleep 0.3;
    $add->(2);
    is(scalar lines($t->{ledger}), 2, 'R64: USR1: to the new file');
    whole($t, 'over a rotation', "$t->{ledger}.1", $t->{ledger});
    is((stat $t->{ledger})[2] & 07, 0, 'R29: which is nobody else\'s to read');

    $t->stop;
    $t->start_file("$t->{dir}/nginx.conf");
    $add->(2);
    whole($t, 'over a restart', "$t->{ledger}.1", $t->{ledger});

    $t->stop;
    open(my $f, '>>', $t->{ledger});
    print $f '{"v":1,"seq":13,"t":"20';
    close $f;
    $t->start_file("$t->{dir}/nginx.conf");
    $add->(2);
    my @all = (lines("$t->{ledger}.1"), lines($t->{ledger}));
    is(scalar(grep { (eval { entry($_) } // {})->{torn} } @all), 1,
       'R64: a torn line is closed, and noted');
    is(verify($t, "$t->{ledger}.1", $t->{ledger}), '0',
       'R64: and the chain goes on');
    is_deeply([ ledger_wrong([ $k ], grep { eval { entry($_) } } @all) ], [],
              'R64: as one');
    is(scalar(grep { ((eval { entry($_) } // {})->{ev} // '') eq 'given' }
              @all), $n, 'R64: no grant is missing, none is there twice');

    # what verify is for

    my @good = map { "$_\n" } grep { eval { entry($_) } }
               lines("$t->{ledger}.1");

    for my $case (
        [ 'a line changed', sub { $_[0][3] =~ s/"marketing":true/"marketing":false/ }, qr/:4\b/ ],
        [ 'a line gone', sub { splice @{$_[0]}, 3, 1 }, qr/:4\b/ ],
        [ 'two lines in another order', sub { @{$_[0]}[3, 4] = @{$_[0]}[4, 3] }, qr/:4\b/ ],
        [ 'a line twice', sub { splice @{$_[0]}, 3, 0, $_[0][3] }, qr/:5\b/ ],
        [ 'a line cut', sub { $_[0][7] = substr $_[0][7], 0, 50 }, qr/:8\b/ ],
    ) {
        my ($name, $do, $where) = @$case;
        my @bad = @good;
        $do->(\@bad);
        my $file = $t->file('bad.jsonl', join '', @bad);
        my $out = $t->run($ctl, 'verify', '--secret', "$t->{dir}/key", $file);
        is($? >> 8, 1, "R64: $name: is found");
        like($out, $where, "R64: $name: and it is said which");
    }

    my @short = lines($t->{ledger});
    pop @short;
    $t->stop;
    $t->file('log/ledger.jsonl', join '', map { "$_\n" } @short);
    isnt(verify($t, "$t->{ledger}.1", $t->{ledger}), '0',
         'R64: the last line taken away: is found');
}


# keys change: each line says under which it was written

{
    my $t = site();
    $t->choose('accept');
    my $other = 'b2' x 32;
    $t->file('key', "$other\n$secret\n", 0600);
    $t->reload;
    $t->choose('accept') for 1 .. 2;
    my $o = Test::Consent::Record->key($other);
    is(join(' ', map { entry($_)->{kid} } lines($t->{ledger})),
       "$k->{id} $o->{id} $o->{id}", 'R27: lines are signed by the first key');
    is_deeply([ ledger_wrong([ $k, $o ], lines($t->{ledger})) ], [],
              'R64: the chain goes over a change of keys');
    is(verify($t), '0', 'R64: so says consentctl, with both');
    $t->file('key', "$other\n", 0600);
    like(verify($t), qr/^1: .*\Q$k->{id}\E/s,
         'R64: without the old one it says which is wanting');
}


# an id is erased: the chain stays whole, also while nginx goes on

{
    my $t = site();
    my $c = $t->choose('accept');
    my $d = $t->choose('accept');
    $t->choose('reject', cookie => $c);
    my $out = $t->run($ctl, 'erase', '--secret', "$t->{dir}/key",
                      '--id', id($c), $t->{ledger});
    is($? >> 8, 0, 'consentctl erase') or diag($out);
    $t->choose('accept');
    my $text = slurp($t->{ledger});
    is(index($text, id($c)), -1, 'the id is nowhere any more');
    cmp_ok(index($text, id($d)), '>', 0, 'another\'s is');
    is(verify($t), '0', 'R64: the chain is whole with it');
    is(scalar(grep { entry($_)->{ev} eq 'erased' } lines($t->{ledger})), 2,
       'both lines are accounted for');
}


# R63

sub fails {
    my ($t, $name) = @_;

    my $was = counted($t);
    my $r = $t->post('/_consent/', [ choice => 'accept' ]);
    is($r->status, 503, "R63: $name: a grant is not taken");
    is($r->header('Set-Cookie'), undef, "R63: $name: no cookie");
    like($r->header('Retry-After') // '', qr/^\d+$/,
         "R63: $name: Retry-After");
    like($r->body, qr/could not be saved/i, "R63: $name: is told why");
    like(join("\n", $t->log_lines(qr/\[alert\].*consent ledger/)), qr/./,
         "R63: $name: an alert is logged");
    cmp_ok(counted($t), '>', $was, "R63: $name: and counted");

    $r = $t->post('/_consent/', [ choice => 'accept' ],
                  headers => [ Accept => 'text/html',
                               Origin => 'http://localhost' ]);
    is($r->status, 503, "R63: $name: the same for a browser");
    like($r->body, qr/<html.*could not be saved/s,
         "R63: $name: with a page in its language");

    $r = $t->post('/_consent/', [ choice => 'reject' ], cookie => $t->{had});
    is($r->status, 303, "R63: $name: a withdrawal is taken");
    my ($c) = ($r->header('Set-Cookie') // '') =~ /^([^;]+)/;
    is($t->get('/', cookie => $c // '')->state->{basis}, 'deny',
       "R63: $name: and works");
    is($t->get('/')->status, 200, "R63: $name: the site works");

    if ($t->{had}) {

        # less than before is less, and no younger

        $r = $t->post('/_consent/', [ choice => 'save',
                      category => 'analytics' ], cookie => $t->{had});
        is($r->status, 303, "R63: $name: part of it is taken back");
        ($c) = ($r->header('Set-Cookie') // '') =~ /^([^;]+)/;
        is($t->get('/', cookie => $c // '')->state->{marketing}, 0,
           "R63: $name: and works");
        is((split /\./, $c // '')[4], (split /\./, $t->{had})[4],
           "R63: $name: what is left is as old as it was");

        $r = $t->post('/_consent/', [ choice => 'accept' ],
                      cookie => $t->{had});
        is($r->status, 503, "R63: $name: nor is a grant renewed");
        is($r->header('Set-Cookie'), undef, "R63: $name: no cookie then");
    }
}

sub recovers {
    my ($t, $name) = @_;
    my $r = $t->post('/_consent/', [ choice => 'accept' ]);
    is($r->status, 303, "R63: $name, and mended: grants are taken again");
    whole($t, "$name, and mended");
}

{
    my $t = site('consent_log /dev/full;');
    $t->allow_log(qr/consent ledger/);
    $t->{had} = 'ngx_consent=' . $k->sign(time => time - 86400);
    fails($t, '/dev/full');
}

SKIP: {
    skip 'only root can have workers that are not', 1 if $> != 0;

    my $t = site();
    $t->allow_log(qr/consent ledger/);
    $t->{had} = $t->choose('accept');
    chmod 0, $t->{ledger};
    fails($t, 'chmod 0');
    chmod 0640, $t->{ledger};
    recovers($t, 'chmod 0');

    unlink $t->{ledger};
    fails($t, 'the file is gone');
    kill 'USR1', $t->{nginx};
    sleep 0.3;
    is($t->post('/_consent/', [ choice => 'accept' ])->status, 303,
       'R63: the file is gone, then USR1: grants are taken again');
}

SKIP: {
    my $t = Test::Consent->new(master => 1, workers => 2,
                               $> == 0 ? (user => 'nobody nogroup') : ());
    my $dir = "$t->{dir}/log";
    mkdir $dir;
    my $no = $t->run('mount', '-t', 'tmpfs', '-o', 'size=64k,mode=777',
                     'tmpfs', $dir);
    skip "no tmpfs can be mounted here: $no", 1 if $?;

    my $end = eval {
        chmod 0777, $t->{dir}, "$t->{dir}/logs";
        $t->file('html/index.html', $page);
        $t->file('key', "$secret\n", 0600);
        $t->{ledger} = "$dir/ledger.jsonl";
        $t->allow_log(qr/consent ledger/);
        $t->server('consent on; consent_secret_file %%DIR%%/key;
            consent_log %%DIR%%/log/ledger.jsonl;
            location = /status { consent_status; }', 'consent_zone z:1m;');
        $t->{had} = $t->choose('accept');

        my $n = 1;
        while ($n < 300) {
            my $r = $t->post('/_consent/', [ choice => 'accept' ]);
            last if $r->status != 303;
            $n++;
        }

        cmp_ok($n, '<', 300, 'R63: a tmpfs of 64k is full in the end');
        fails($t, 'a full disk');
        is(scalar(grep { entry($_)->{ev} eq 'given' } lines($t->{ledger})), $n,
           'R63: a full disk: each grant that was taken has its line');
        whole($t, 'a full disk');
        $t->run('mount', '-o', 'remount,size=256k', $dir);
        recovers($t, 'a full disk');
        1;
    };
    my $why = $@;

    $t->stop;
    $t->run('umount', '-l', $dir);
    die $why if !$end;
}


# what cannot work is said at start

for my $case ([ 'consent_log %%DIR%%/none/x.jsonl', qr/none/ ],
              [ 'consent_log %%DIR%%', qr/directory/ ])
{
    my ($d, $re) = @$case;
    my ($ok, $out) = $t->test_server("consent on;"
        . " consent_secret_file %%DIR%%/key; $d;");
    ok(!$ok, "R63: $d: does not start");
    like($out, $re, "R63: $d: and says why");
}

done_testing();
