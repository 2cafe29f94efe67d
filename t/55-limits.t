#!/usr/bin/perl

# A pattern that would take for ever does not: the one element it was matched
# against is withheld, it is counted, and the log says which pattern it was.

use lib 't/lib';
use Test::Consent;
use JSON::PP;

my $t = Test::Consent->new(log_level => 'warn');
my $long = 'a' x 1500;

$t->file('key', 'c3' x 32 . "\n", 0600);
$t->file('html/index.html', "<!doctype html><html lang=en><title>t</title>\n"
    . "<img id=one src=\"https://one.test/$long!\">\n"
    . "<img id=two src=\"https://two.test/b\">\n"
    . "<img id=three src=\"https://three.test/$long!\">\n"
    . "<script id=four>var x = '$long!'</script>\n"
    . "<script id=five>var y = 1</script></html>\n");

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing ~^https://(one|two|three)\\.test/(a+)+(a+)+$
                            inline:~'(a+)+(a+)+(a+)+$;
    location = /status { consent_status; }
}, 'consent_zone consent:1m;');

my $body = $t->get('/')->body;

sub withheld {
    my ($id) = @_;
    return $body =~ /<\w+[^>]*\bdata-consent="?blocked[^>]*\bid="?$id\b/
           || $body =~ /<\w+[^>]*\bid="?$id\b[^>]*\bdata-consent="?blocked/
           ? 1 : 0;
}

is(withheld('one'), 1, 'an address on which the pattern gives up is withheld');
is(withheld('two'), 0, 'others are not');
is(withheld('three'), 1, 'nor does it give up for good');
is(withheld('four'), 1, 'a script, too');
is(withheld('five'), 0, 'and no other');

my @said = grep { /a limit of size or of matching was hit/ }
           split /\n/, $t->error_log;
is(scalar @said, 1, 'the log says so, once a page');
like($said[0] // '', qr/<img> at byte \d+ is withheld: .*rule "~\^https:/,
     'where, and by which pattern');

my $s = decode_json($t->get('/status?format=json')->body);
is($s->{limits}, 3, 'each is counted');

done_testing();
