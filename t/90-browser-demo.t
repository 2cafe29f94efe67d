#!/usr/bin/perl

# The demo site as a visitor meets it: see t/browser/demo.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

my $t = Test::Consent->new;
my $root = Test::Consent->root;

$t->file('key', 'c3' x 32 . "\n", 0600);
$t->start(qq{
server {
    listen 127.0.0.1:%%PORT%%;
    root $root/t/demo/site;
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_link "Privacy" /privacy.html rel=privacy-policy;
    consent_link "Terms of use" /terms.html rel=terms-of-service;
}});

browser_test($t, 'demo.mjs');

done_testing();
