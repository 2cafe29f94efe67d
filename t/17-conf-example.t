#!/usr/bin/perl

# conf.example is complete, quiet, and does what it says over the demo site:
# the very file, but for the port and where it writes.

use lib 't/lib';
use Test::Consent;

# nginx -t ends with all of its configuration in memory
$ENV{ASAN_OPTIONS} = ($ENV{ASAN_OPTIONS} // '') . ':detect_leaks=0';

my $t = Test::Consent->new(master => 1);
my $root = Test::Consent->root;
my $module = Test::Consent->module;

my $conf = slurp("$root/conf.example");

$conf =~ s{127\.0\.0\.1:8080}{'127.0.0.1:' . $t->port}ge;
$conf =~ s{\bbuild/run/}{$t->dir . '/run/'}ge;
$conf =~ s{load_module build/\S+;}{$module eq 'static'
                                   ? '' : "load_module $module;"}e;
$conf =~ s{\bt/demo/}{$root/t/demo/}g;
$conf = "daemon off;\n" . ($> == 0 ? "user root;\n" : '') . $conf;
$conf =~ s{pid\s+\S+;}{'pid ' . $t->dir . '/nginx.pid;'}e;
$conf =~ s{error_log\s+\S+}{'error_log ' . $t->dir . '/logs/error.log'}e;

mkdir $t->dir . '/run';
$t->file('run/consent.key', 'c3' x 32 . "\n", 0600);
my $file = $t->file('example.conf', $conf);

my $out = $t->run($t->binary, '-t', '-p', $t->dir . '/', '-c', $file);
is($?, 0, 'nginx -t') or diag($out);
is(join("\n", grep { !/syntax is ok|test is successful/ } split /\n/, $out),
   '', 'is quiet');

SKIP: {
    my @lists = $conf =~ /^\s*# consent_list\s+([^\s;]+)/mg;
    skip "Debian's filter lists are not installed", 1 if grep { !-r } @lists;

    (my $with = $conf) =~ s/^(\s*)# (?=consent_list )/$1/mg;
    $out = $t->run($t->binary, '-t', '-q', '-p', $t->dir . '/', '-c',
                   $t->file('lists.conf', $with));

    # how much of each is used is said
    is(join("\n", grep { !/\[notice\].* rules, / } split /\n/, $out), '',
       'the filter lists that it names are taken, and quietly');
}

$t->start_file($file);

my @host = (host => 'localhost:' . $t->port);
my $r = $t->get('/', @host);
is($r->status, 200, 'the demo page');
like($r->body, qr/id="privacy-choices"/, 'with a notice');
is($r->state->{basis}, 'none', 'and no consent');

my @trackers = qw(www.googletagmanager.com connect.facebook.net
    www.facebook.com static.hotjar.com www.youtube.com hm.baidu.com
    px.ads.linkedin.com demo-courier.matomo.cloud);

# every tag with one of them in an attribute that loads, every script that
# would run and names one

(my $b = $r->body) =~ s/<!--.*?-->//gs;

for my $host (@trackers) {
    my @live = $b =~ m{(<[a-z]+\s(?:[^>]*\s)?(?:src|href)="https://\Q$host\E[^>]*>)}g;
    my @run;
    while ($b =~ m{<script([^>]*)>(.*?)</script>}gs) {
        push @run, substr($2, 0, 60)
            if index($2, $host) >= 0 && $1 !~ m{type="text/plain"};
    }
    is_deeply([ @live, @run ], [], "$host is not asked");
}

like($b, qr{<script src="/site.js" defer></script>}, 'its own script stays');

my ($cookie, $a) = $t->choose('accept', @host);
is($a->status, 303, 'I agree');
$r = $t->get('/', @host, cookie => $cookie);
is($t->without_insertions($r->body), slurp("$root/t/demo/site/index.html"),
   'then the page as it is in the file, but for the links');
is($r->state->{basis}, 'grant', 'and the state says so');

my @ledger = split /\n/, slurp($t->dir . '/run/consent.jsonl');
is(scalar @ledger, 1, 'one line in the ledger');
like($ledger[0] // '', qr/^\{.*"mac":.*\}$/, 'a JSON object');
unlike($ledger[0] // '', qr/127\.0\.0\.1(?!:)/, 'with no address in it');

$r = $t->get('/zh/', @host);
like($r->body, qr/<section[^>]*\blang="zh/, 'a Chinese page asks in Chinese');

is($t->get('/status', @host)->status, 200, 'the status page');
like(slurp($t->dir . '/run/access.log'), qr/basis=grant/, 'the access log');

done_testing();
