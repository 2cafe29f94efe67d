package Test::Consent::Browser;

# Runs a test of t/browser in Chromium against a site of the harness: its TAP
# becomes ours.
#
#     use Test::Consent;
#     use Test::Consent::Browser;
#
#     browser_test($t, 'demo.mjs', NAME => 'value for its environment');

use strict;
use warnings;

use Test::More ();
use Test::Consent ();

sub import {
    my $caller = caller;
    no strict 'refs';
    *{"${caller}::browser_test"} = \&browser_test;
    *{"${caller}::browser_missing"} = \&missing;
}

# undef, or what is not there

sub missing {
    my $root = Test::Consent->root;

    return 'no node_modules: make browser-deps'
        unless -d "$root/t/browser/node_modules/playwright-core";
    return 'no Chromium: make deps-test'
        unless -x ($ENV{CHROMIUM} || '/usr/bin/chromium');
    return 'no node: make deps-test'
        unless grep { -x "$_/node" } split /:/, $ENV{PATH} || '';
    return undef;
}

sub browser_test {
    my ($t, $script, %env) = @_;

    my $root = Test::Consent->root;
    my $b = Test::More->builder;

    my $why = missing();
    if ($why) {
        SKIP: { Test::More::skip($why, 1); }
        return;
    }

    local @ENV{keys %env} = values %env;
    local $ENV{CONSENT_URL} = $env{CONSENT_URL}
        || 'http://127.0.0.1:' . $t->port . '/';

    my $pid = open(my $p, '-|', 'node', "$root/t/browser/$script");
    my ($plan, $n) = (undef, 0);

    while (my $line = <$p>) {
        utf8::decode($line);
        chomp $line;

        if ($line =~ /^(not )?ok \d+(?: - (.*))?$/) {
            my ($not, $name) = ($1, $2 // '');
            $n++;

            if ($name =~ s/ # SKIP (.*)//) {
                SKIP: { Test::More::skip("$name: $1", 1); }

            } else {
                $name =~ s/\\#/#/g;
                $b->ok(!$not, $name);
            }

        } elsif ($line =~ /^1\.\.(\d+)$/) {
            $plan = $1;

        } elsif ($line =~ s/^# ?//) {
            $b->diag($line);

        } else {
            $b->note($line);
        }
    }

    close $p;
    Test::More::is($plan, $n, "$script ran to its end");
}

1;
