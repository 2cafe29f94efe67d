#!/usr/bin/perl

# An auditor's path: every command of the README's "How to audit a site", run
# against the demo as printed, gives what is printed there.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new(master => 1);
my $root = Test::Consent->root;
my $dir = $t->dir;

plan(skip_all => 'no curl') if system('curl --version > /dev/null 2>&1');

my $module = Test::Consent->module;
my $conf = slurp("$root/conf.example");

$conf =~ s{127\.0\.0\.1:8080}{'127.0.0.1:' . $t->port}ge;
$conf =~ s{\bbuild/run/}{$dir/build/run/}g;
$conf =~ s{load_module build/\S+;}{$module eq 'static'
                                   ? '' : "load_module $module;"}e;
$conf =~ s{\bt/demo/}{$root/t/demo/}g;
$conf =~ s{^\s*consent_list\s.*$}{}mg;
$conf = "daemon off;\n" . ($> == 0 ? "user root;\n" : '') . $conf;
$conf =~ s{pid\s+\S+;}{pid $dir/nginx.pid;};
$conf =~ s{error_log\s+\S+}{error_log $dir/logs/error.log};

$t->file('build/run/consent.key', 'c3' x 32 . "\n", 0600);
$t->start_file($t->file('example.conf', $conf));
$t->allow_log(qr/./) if $t->can('allow_log');

my ($audit) = slurp("$root/README.md") =~ /^## How to audit.*?\n(.*?)^## /ms;

$ENV{PATH} = Test::Consent->build . ":$ENV{PATH}";
chdir $dir or die;

my $n = 0;

while ($audit =~ /^    \$ (.*\n)((?:    (?!\$ ).*\n)*)/mg) {
    my ($command, $want) = ($1, $2);

    $want =~ s/^    //mg;
    $command =~ s/127\.0\.0\.1:8080/'127.0.0.1:' . $t->port/ge;
    chomp(my $shown = $command);

    my $out = $t->run('/bin/sh', '-c', $command);

    # today is not the day on which the README was written
    s/"lastUpdate": "[-0-9]+"/"lastUpdate": "DAY"/ for $out, $want;

    $out =~ s/\r//g;
    $out =~ s/([^\n])\z/$1\n/;
    is($out, $want, $shown =~ s/\s+/ /gr);
    $n++;
}

cmp_ok($n, '>', 15, 'commands are found');

chdir $root;
done_testing();
