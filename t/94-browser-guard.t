#!/usr/bin/perl

# Trackers that other scripts add, in Chromium: each way of reaching one from
# script, with the guard, with consent_csp, and with neither.  See
# t/browser/guard.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

my $t = Test::Consent->new;
my $site = Test::Consent->root . '/t/browser/site';

for my $where (qw(off guard csp inplace tt)) {
    $t->file("html/$where/$_", slurp("$site/$_"))
        for qw(ways.html ways.js);
}

$t->file('html/guard/frame.html', "<!doctype html><title>f</title>\n"
         . "<script>parent.inner = String(document.head.innerHTML)</script>");
$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_zone stat:1m;

    location /off/ {
        consent off;
    }

    location /csp/ {
        consent_csp enforce;
    }

    location /tt/ {
        add_header Content-Security-Policy "require-trusted-types-for 'script'";
    }

    location /inplace/ {
        consent_activation inplace;
    }
} =~ s/consent_zone.*?;//r, 'consent_zone stat:1m;');

browser_test($t, 'guard.mjs');

done_testing();
