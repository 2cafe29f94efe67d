#!/usr/bin/perl

# Many machines, one ledger: each keeps its own and sends a copy of every line
# by syslog.  Here two nginx share a secret; one hands its lines to an rsyslog
# of its machine by a socket, which relays them by TCP, the other sends them
# as datagrams; a central rsyslog writes all to disk, where they are verified.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Record;

use JSON::PP;
use Time::HiRes qw(sleep);

my ($rsyslog) = grep { -x } map { "$_/rsyslogd" }
                split(/:/, $ENV{PATH} || ''), '/usr/sbin', '/sbin';

plan(skip_all => 'no rsyslog: apt-get install rsyslog') if !$rsyslog;

my $secret = 'a1' x 32;
my $k = Test::Consent::Record->key($secret);
my $ctl = Test::Consent->build . '/consentctl';
plan(skip_all => 'no consentctl: make ctl') if !-x $ctl;

my $web1 = Test::Consent->new(master => 1, workers => 2);
my $web2 = Test::Consent->new(master => 1, workers => 1);
my $dir = $web1->dir;

mkdir "$dir/$_" for qw(central spool);


# the two rsyslogs, as the README shows them

my $central = $web1->file('central.conf', $web1->expand(<<'CONF'));
global(workDirectory="%%DIR%%/spool")
module(load="imtcp")
module(load="imudp")
input(type="imtcp" address="127.0.0.1" port="%%PORT7%%" ruleset="consent")
input(type="imudp" address="127.0.0.1" port="%%PORT8%%" rcvbufSize="4m"
      ruleset="consent")

template(name="line" type="string" string="%msg:2:$%\n")
template(name="file" type="string" string="%%DIR%%/central/%programname%.jsonl")

ruleset(name="consent") {
    action(type="omfile" dynaFile="file" template="line")
}
CONF

my $relay = $web1->file('relay.conf', $web1->expand(<<'CONF'));
global(workDirectory="%%DIR%%/spool")
module(load="imuxsock" sysSock.use="off")
input(type="imuxsock" socket="%%DIR%%/run/log.sock" createPath="on"
      rateLimit.interval="0" ruleset="consent")
ruleset(name="consent") {
    action(type="omfwd" protocol="tcp" target="127.0.0.1" port="%%PORT7%%"
           action.resumeRetryCount="-1" action.resumeInterval="1"
           queue.type="linkedList" queue.filename="consent"
           queue.saveOnShutdown="on")
}
CONF

my %pid;

sub run_rsyslog {
    my ($name, $conf, $ready) = @_;

    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        open(STDIN, '<', '/dev/null');
        open(STDOUT, '>>', "$dir/$name.log");
        open(STDERR, '>>', "$dir/$name.log");
        exec { $rsyslog } $rsyslog, '-n', '-f', $conf, '-i', "$dir/$name.pid"
            or POSIX::_exit(127);
    }

    $pid{$name} = $pid;

    for (1 .. 500) {
        return 1 if $ready->();
        sleep 0.02;
    }

    return 0;
}

sub end_rsyslog {
    my ($name) = @_;
    my $pid = delete $pid{$name} or return;
    kill 'TERM', $pid;
    waitpid $pid, 0;
}

END {
    my $status = $?;
    for (values %pid) {
        kill 'TERM', $_;
        waitpid $_, 0;
    }
    $? = $status;
}

sub listens {
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                 PeerPort => $web1->port(7)) ? 1 : 0;
}

sub start_relay {
    unlink "$dir/run/log.sock";
    return run_rsyslog('relay', $relay, sub { -S "$dir/run/log.sock" });
}

my $up = run_rsyslog('central', $central, \&listens) && start_relay();
ok($up, 'two rsyslogs run') or diag(slurp("$dir/central.log")
                                    . (eval { slurp("$dir/relay.log") } // ''));


# the two machines

for my $m ($web1, $web2) {
    $m->file('html/index.html', '<!doctype html><title>t</title><p>x');
    $m->file('key', "$secret\n", 0600);
}

my $common = 'consent on; consent_secret_file %%DIR%%/key;
    consent_log %%DIR%%/ledger.jsonl;
    location = /s { default_type text/plain; return 200 "$consent_basis"; }';

$web1->server("$common consent_log_copy
    syslog:server=unix:%%DIR%%/run/log.sock,tag=web1,nohostname;");
$web2->server("$common consent_log_copy
    syslog:server=127.0.0.1:" . $web1->port(8) . ',tag=web2;');

sub arrived {
    my ($name, $n) = @_;
    my @l;

    for (1 .. 600) {
        @l = read_ledger("$dir/central/$name.jsonl");
        last if @l >= $n;
        sleep 0.05;
    }

    return @l;
}

sub same {
    my ($what, $m, $name) = @_;

    my @own = read_ledger($m->dir . '/ledger.jsonl');
    my @got = arrived($name, scalar @own);
    is(scalar @got, scalar @own, "$what: every line arrives");
    is_deeply([ sort @got ], [ sort @own ], "$what: as it is");
    return @got;
}

my @cookies;

for my $n (1 .. 60) {
    push @cookies, scalar $web1->choose($n % 5 ? 'accept' : 'reject');
    push @cookies, scalar $web2->choose($n % 3 ? 'accept' : 'reject');
}

is(scalar(grep { $_ && $web1->get('/s', cookie => $_)->body eq
                 $web2->get('/s', cookie => $_)->body } @cookies),
   scalar @cookies, 'a cookie of either machine says the same on the other');

my @got = same('by socket and TCP', $web1, 'web1');
is_deeply([ ledger_wrong([ $k ], @got) ], [],
          'R64: in their order, though two workers wrote them');
same('by datagrams', $web2, 'web2');

for my $name (qw(web1 web2)) {
    my $out = $web1->run($ctl, 'verify', '--secret', "$dir/key",
                         "$dir/central/$name.jsonl");
    is($? >> 8, 0, "R64: consentctl finds the chain of $name whole, there")
        or diag($out);
}


# the relay is restarted: lines wait

end_rsyslog('relay');
$web1->choose('accept') for 1 .. 30;
is(scalar(() = read_ledger("$dir/ledger.jsonl")), 90,
   'choices are taken while no rsyslog is there');
ok(start_relay(), 'it comes back');
same('over a restart of the relay', $web1, 'web1');


# the central one is away: they wait on the relay

end_rsyslog('central');
$web1->choose('accept') for 1 .. 30;
ok(run_rsyslog('central', $central, \&listens), 'the central one comes back');
$web1->choose('accept');

# plain TCP may lose what was on its way at that moment (RELP would not):
# where it does, the chain shows it and the machine's own ledger has it

my %there = map { $_ => 1 } arrived('web1', 121);
cmp_ok(scalar(grep { !$there{$_} } read_ledger("$dir/ledger.jsonl")), '<=', 2,
       'over a restart of the central one: what the relay had kept arrives');


# reload and rotation do not stop it; a worker that ends sends what waits

my $before = () = read_ledger("$dir/ledger.jsonl");
$web1->reload;
$web1->choose('accept') for 1 .. 20;

# (what an rsyslog has not read yet when it ends is gone with its socket)

my @soon = (read_ledger("$dir/ledger.jsonl"))[$before .. $before + 19];

for (1 .. 400) {
    my %there = map { $_ => 1 } read_ledger("$dir/central/web1.jsonl");
    @soon = grep { !$there{$_} } @soon;
    last if !@soon;
    sleep 0.05;
}

end_rsyslog('relay');
$web1->choose('accept') for 1 .. 5;
ok(start_relay(), 'the relay comes back once more');
$web1->stop;

my @own = read_ledger("$dir/ledger.jsonl");
my @last = @own[$before .. $#own];

for (1 .. 400) {
    my %there = map { $_ => 1 } read_ledger("$dir/central/web1.jsonl");
    @last = grep { !$there{$_} } @last;
    last if !@last;
    sleep 0.05;
}

is(scalar @last, 0, 'over a reload, and the end of nginx: every line');


# nobody listens at all: visitors do not notice

$web2->server("$common consent_log_copy
    syslog:server=unix:%%DIR%%/nobody.sock,tag=web3,nohostname;");
$web2->allow_log(qr/connect\(\) failed/);
$web1->allow_log(qr/connect\(\) failed/);
is($web2->post('/_consent/', [ choice => 'accept' ])->status, 303,
   'without a receiver choices are taken all the same');
is($web2->get('/')->status, 200, 'and pages served');

done_testing();
