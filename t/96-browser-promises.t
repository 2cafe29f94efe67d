#!/usr/bin/perl

# What a visitor is promised, in Chromium: what is asked for before and after
# each choice, what is no choice, who cannot choose, and what the ledger says
# of it.  See t/browser/promises.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

my $t = Test::Consent->new;

my $trackers = '<script src="https://www.google-analytics.com/analytics.js"></script>'
    . '<script src="https://connect.facebook.net/en_US/fbevents.js"></script>'
    . '<img src="https://www.facebook.com/tr?id=1" alt="">';

my $page = sub {
    my ($name, $head, $body) = @_;
    return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
           . "<title>$name</title><link rel=\"icon\" href=\"data:,\">"
           . ($head // '') . "</head><body><main><h1>$name</h1>"
           . join('', map { "<p>Paragraph $_ of the text.</p>" } 1 .. 60)
           . '<p>' . join(' ', map { "<a href=\"/$_.html\">$_</a>" } 1 .. 5)
           . '</p></main>' . ($body // '') . $trackers . '</body></html>';
};

$t->file("html/$_.html", $page->("Page $_")) for 1 .. 5;
$t->file('html/index.html', $page->('Start'));
$t->file('html/no-referrer.html', $page->('No referrer',
    '<meta name="referrer" content="no-referrer">'));
$t->file('html/auto.html', $page->('Presses by itself', '',
    '<script>addEventListener("load", () => setTimeout(() => document'
    . '.querySelector("#privacy-choices button[value=accept]").click(), 50))'
    . '</script>'));
$t->file('html/framed.html', '<!doctype html><html lang=en><title>f</title>'
    . '<body><iframe src="/1.html" width=900 height=600></iframe>');
$t->file('key', 'd4' x 32 . "\n", 0600);

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_log %%DIR%%/ledger.jsonl;
    consent_controller "Example Ltd";
    consent_link "Privacy policy" /1.html rel=privacy-policy;
});

browser_test($t, 'promises.mjs', CONSENT_LEDGER => "$t->{dir}/ledger.jsonl");

done_testing();
