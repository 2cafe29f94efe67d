#!/usr/bin/perl

# After the click, in Chromium: scroll and forms, other tabs, Back, activation
# in place, no scripting, visitors' tools.  See t/browser/choice.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

my $t = Test::Consent->new;
my $site = Test::Consent->root . '/t/browser/site';
my $page = slurp("$site/page.html");
my $order = slurp("$site/order.html");

for my $lang (qw(en de th)) {
    (my $p = $page) =~ s/<html lang="en">/<html lang="$lang">/;
    $t->file("html/$lang.html", $p);
}

# a site that holds back what visitors do until its scripts are there, which
# here they never are

(my $late = $page) =~ s{<head>}{<head><script>
    for (const e of ['pointerdown', 'pointerup', 'mousedown', 'mouseup',
                     'touchstart', 'touchend', 'click', 'keydown', 'keyup'])
        addEventListener(e, e => { window.held = 1; e.preventDefault();
                         e.stopImmediatePropagation() },
                         { capture: true, passive: false })
</script>};
$t->file('html/late.html', $late);
$t->file('html/order.html', $order);
$t->file('html/inplace.html', $order);
$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block analytics trk.test;

    location = /inplace.html {
        consent_activation inplace;
    }
});

browser_test($t, 'choice.mjs',
             CONSENT_INPLACE => 'http://127.0.0.1:' . $t->port
                                . '/inplace.html');

done_testing();
