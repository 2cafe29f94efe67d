#!/usr/bin/perl

# The law of the place and the browser's own signal: modes by a variable,
# Global Privacy Control over all else, and both to be read in every answer.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Record;
use JSON::PP;

my $t = Test::Consent->new;
my $k = Test::Consent::Record->key('a1' x 32);
my $page = '<!doctype html><html lang=en><title>t</title><body><p>x'
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . '<script src="https://connect.facebook.net/en_US/fbevents.js">'
           . '</script><script src="https://player.example/p.js"></script>';

$t->file('html/index.html', $page);
$t->file('html/x.txt', 'text');
$t->file('key', 'a1' x 32 . "\n", 0600);

$t->upstream(sub {
    my ($c, $r) = @_;
    my @gpc = map { s/^Sec-GPC: *//ir } grep { /^Sec-GPC:/i }
              split /\r\n/, $r->{head};
    my $body = 'gpc=' . join '|', @gpc;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
             . length($body) . "\r\n\r\n$body";
});

my $map = 'map $http_x_country $mode { default ""; de opt-in; us opt-out;
    jp notice; lab none; mars "implied"; odd "opt-out ";
    inject "none, basis=grant"; }';

my $conf = 'consent on; consent_secret_file %%DIR%%/key; consent_mode $mode;
    consent_log %%DIR%%/ledger.jsonl;
    consent_category survey sale=off; consent_category ads sale=on;
    consent_block functional player.example;
    consent_link Privacy /privacy rel=privacy-policy;
    consent_link Terms /terms rel=terms-of-service;
    location /up { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location = /s { default_type text/plain;
        return 200 "$consent_mode,$consent_basis,$consent_gpc"; }
    location = /away { return 302 /; }
    location = /gone { return 404; }
    error_page 404 /index.html;';

$t->server($conf, $map);

sub live {
    my ($b) = map { $_->body } @_;
    return join '', $b =~ / src="https:..www.google-analytics/ ? 'A' : '',
                    $b =~ / src="https:..connect.facebook/ ? 'M' : '',
                    $b =~ / src="https:..player.example/ ? 'F' : '';
}

sub asks { $_[0]->body =~ /<section\b[^>]*id="privacy-choices"/ ? 'asks' : '' }

sub at { my ($country, @more) = @_;
         return (headers => [ $country eq '' ? () : ('X-Country' => $country),
                              @more ]) }

sub last_line {
    my @l = read_ledger("$t->{dir}/ledger.jsonl");
    return @l ? decode_json($l[-1]) : {};
}


# R16: country, mode, basis, what runs, whether it asks

my @modes = (
    [ 'de', 'opt-in', 'none', '', 'asks' ],
    [ 'us', 'opt-out', 'notice', 'AMF', 'asks' ],
    [ 'jp', 'notice', 'notice', 'AMF', 'asks' ],
    [ 'lab', 'none', 'none', '', '' ],
    [ '', 'opt-in', 'none', '', 'asks' ],
    [ 'mars', 'opt-in', 'none', '', 'asks' ],
    [ 'odd', 'opt-in', 'none', '', 'asks' ],
    [ 'inject', 'opt-in', 'none', '', 'asks' ],
);

for (@modes) {
    my ($country, $mode, $basis, $live, $asks) = @$_;
    my $r = $t->get('/', at($country));
    my $name = $country eq '' ? 'no country' : $country;
    is($r->state->{mode}, $mode, "R16: $name: $mode, in the header");
    is($r->state->{basis}, $basis, "R16: $name: on what basis");
    is(live($r), $live, "R16: $name: what runs");
    is(asks($r), $asks, "R16: $name: who is asked");
    like($t->get('/s', at($country))->body, qr/^$mode,$basis,/,
         "R16: $name: in variables");
}

my $said = () = $t->log_lines(qr/\[warn\].*which is no mode/);
cmp_ok($said, '>=', 1, 'R16: a mode that is none is logged');
$t->get('/', at('mars')) for 1 .. 5;
is(scalar(() = $t->log_lines(qr/which is no mode/)), $said,
   'R16: and not again and again');

# one visitor's choice, wherever they are

my $accept = $t->choose('accept', at('de', Origin => 'http://localhost'));
my $reject = $t->choose('reject', at('de', Origin => 'http://localhost'));

my @kept = (
    [ 'de', $accept, 'grant', 'AMF' ], [ 'us', $accept, 'grant', 'AMF' ],
    [ 'jp', $accept, 'notice', 'AMF' ], [ 'lab', $accept, 'none', '' ],
    [ 'de', $reject, 'deny', '' ], [ 'us', $reject, 'objection', '' ],
    [ 'jp', $reject, 'objection', '' ], [ 'lab', $reject, 'none', '' ],
);

for (@kept) {
    my ($country, $c, $basis, $live) = @$_;
    my $r = $t->get('/', at($country), cookie => $c);
    my $what = $c eq $accept ? 'who agreed' : 'who refused';
    is($r->state->{basis} . ':' . live($r) . ':' . asks($r),
       "$basis:$live:", "R16: $what, in $country: $basis");
}


# R17

my $ok = $t->choose('accept', at('jp', Origin => 'http://localhost'));
my $e = last_line();
is($e->{ev}, 'acknowledged', 'R17: in notice mode "OK" is an acknowledgement');
is($e->{id}, undef, 'R17: of nobody');
is($t->get('/', at('jp'), cookie => $ok)->state->{basis}, 'notice',
   'R17: never called a grant');
is($t->get('/', at('de'), cookie => $ok)->state->{basis}, 'none',
   'R17: and none where one is needed');
is(live($t->get('/', at('de'), cookie => $ok)), '', 'R17: nothing runs there');
is(asks($t->get('/', at('de'), cookie => $ok)), 'asks', 'R17: there it asks');

my ($good, $out) = $t->test_server('consent on; consent_mode notice;
    consent_secret_file %%DIR%%/key;');
like($out, qr/\[warn\].*notice/, 'R17: nginx -t warns of it');


# R18

my @lint = (
    [ 'consent_cookie c max_age=401d;', 0, qr/400/ ],
    [ 'consent_cookie c max_age=400d;', 1, undef ],
    [ 'consent_text %%DIR%%/bad.json;', 1, qr/\[warn\]/ ],
    [ 'consent_text %%DIR%%/good.json;', 1, undef ],
);

$t->file('bad.json', '{"en":{"text":"By continuing to browse this site you '
         . 'agree to our use of cookies."}}');
$t->file('good.json', '{"en":{"text":"May we count visits?"}}');

for (@lint) {
    my ($d, $passes, $says) = @$_;
    my ($ok, $out) = $t->test_server('consent on; consent_secret_file '
        . "%%DIR%%/key; consent_link P /p rel=privacy-policy; $d");
    is($ok, $passes, "R18: $d " . ($passes ? 'is taken' : 'is refused'));
    $out = join "\n", grep { !/syntax is ok|test is successful/ }
           split /\n/, $out;
    $says ? like($out, $says, "R18: $d: with a word")
          : is($out, '', "R18: $d: nothing to say");
}


# R13, R14, R15: the signal

my @gpc = (
    # headers, heard?
    [ 1, 'Sec-GPC' => '1' ],
    [ 1, 'sec-gpc' => '1' ],
    [ 1, 'Sec-GPC' => '1', 'Sec-GPC' => '1' ],
    [ 1, 'Sec-GPC' => '0', 'Sec-GPC' => '1' ],
    [ 0 ],
    (map { [ 0, 'Sec-GPC' => $_ ] } '0', '', 'true', '1, 1', '1;x', '11',
     '01', '?1', '"1"', 'yes'),
    [ 0, 'DNT' => '1' ], [ 0, 'GPC' => '1' ],
);

for (@gpc) {
    my ($heard, @h) = @$_;
    my $name = join ', ', map { "$h[2 * $_]: $h[2 * $_ + 1]" } 0 .. $#h / 2 - 0.5;
    $name = 'no signal' if $name eq '';
    my $r = $t->get('/', at('us', @h));
    is($r->state->{gpc}, $heard, "R15: $name: " . ($heard ? 'heard'
                                                          : 'not a signal'));
    is(live($r), $heard ? 'F' : 'AMF', "R15: $name: and done");
}

for my $country (qw(de us jp lab)) {
    for my $who ([ 'nobody', undef ], [ 'a grant', $accept ],
                 [ 'a refusal', $reject ],
                 [ 'a grant of a year ago', 'ngx_consent=' . $k->sign(
                     time => time - 170 * 86400, allowed => 'FAM') ])
    {
        my ($name, $c) = @$who;
        my $r = $t->get('/', at($country, 'Sec-GPC' => 1),
                        defined $c ? (cookie => $c) : ());
        my $s = $r->state;
        is("$s->{analytics}$s->{marketing}$s->{ads}", '000',
           "R13: over $name, in $country: what is sold or shared is off");
        unlike(live($r), qr/[AM]/, "R13: over $name, in $country: nor runs it");
        is($s->{gpc}, 1, "R13: over $name, in $country: the header says so");
    }
}

my $r = $t->get('/', at('us', 'Sec-GPC' => 1), cookie => $accept);
is($r->state->{functional}, 1, 'R13: what is neither stays as it was chosen');
is($r->state->{basis}, 'signal', 'R13: on the signal\'s basis');
is($t->get('/', at('us'), cookie => $accept)->state->{marketing}, 1,
   'R13: the record is not changed by it');

my $both = $t->choose('accept', at('de', 'Sec-GPC' => 1,
                                   Origin => 'http://localhost'));
is($t->get('/', at('de'), cookie => $both)->state->{marketing}, 0,
   'R13: "accept all" under the signal does not cover what it forbids');

for my $uri (qw(/ /gone /_consent/)) {
    $r = $t->get($uri, at('us', 'Sec-GPC' => 1));
    like($r->body, qr/Opt-out request honored/,
         "R14: $uri says that the signal was honoured");
    unlike($t->get($uri, at('us'))->body, qr/Opt-out request honored/,
           "R14: $uri: and not without it");
}

for my $c ($accept, $reject) {
    like($t->get('/', at('us', 'Sec-GPC' => 1), cookie => $c)->body,
         qr/Opt-out request honored/, 'R14: also after a choice');
}

# the upstream is told what the browser said

for my $case ([ [ 'Sec-GPC' => '1' ], '1' ], [ [ 'Sec-GPC' => '0' ], '0' ],
              [ [], '' ])
{
    my ($h, $want) = @$case;
    is($t->get('/up', headers => $h)->body, "gpc=$want",
       'R15: passed on as it came: ' . ($want eq '' ? 'nothing' : $want));
}

$r = $t->get('/.well-known/gpc.json');
is($r->status . ' ' . $r->header('Content-Type'), '200 application/json',
   'R15: gpc.json');
my $j = decode_json($r->body);
is($j->{gpc}, JSON::PP::true, 'R15: which says that it is honoured');
like($j->{lastUpdate}, qr/^20\d\d-\d\d-\d\d$/, 'R15: since when');
is($r->header('Set-Cookie'), undef, 'R15: and nothing else');
is($t->request('POST', '/.well-known/gpc.json', body => 'x')->status, 405,
   'R15: it can only be read');

$t->server("$conf consent_gpc off;", $map);
is($t->get('/', at('us', 'Sec-GPC' => 1))->state->{gpc}, 0,
   'consent_gpc off: not heard');
is($t->get('/.well-known/gpc.json')->status, 404,
   'and not said that it is');
$t->server($conf, $map);


# R22: an RFC 9651 dictionary, on every kind of answer that is a page

my $key = qr/[a-z*][a-z0-9_\-.*]*/;
my $item = qr/\?[01]|[A-Za-z*][\w:\/!#\$%&'*+\-.^`|~]*|"[ !#-\[\]-~]*"/;

my %answers = (
    'a page'     => $t->get('/'),
    'HEAD'       => $t->head('/'),
    'an error'   => $t->get('/gone'),
    'the 303'    => scalar $t->post('/_consent/', [ choice => 'accept' ]),
    'a 403'      => scalar $t->post('/_consent/', [ choice => 'accept' ],
                        headers => [ Origin => 'https://evil.example' ]),
    'preferences' => $t->get('/_consent/'),
    'the state'  => $t->get('/_consent/state'),
);
my $etag = $t->get('/', cookie => $accept)->header('ETag');
$answers{'a 304'} = $t->get('/', cookie => $accept,
                            headers => [ 'If-None-Match' => $etag ]);
is($answers{'a 304'}->status, 304, 'there is a 304');

for my $name (sort keys %answers) {
    my @h = $answers{$name}->headers('Consent-State');
    is(scalar @h, 1, "R22: Consent-State on $name");
    like($h[0] // '', qr/\A$key=$item(?:, $key=$item)*\z/,
         "R22: $name: a dictionary by RFC 9651");
    my @keys = ($h[0] // '') =~ /($key)=/g;
    is("@keys", 'mode basis functional analytics marketing survey ads gpc '
       . 'revision', "R22: $name: every category in it");
}

is($t->get('/x.txt')->header('Consent-State'), undef,
   'R22: what is no page has none');

# R23, R24

my $link = join ', ', $t->get('/')->headers('Link');
like($link, qr{</privacy>; rel="?privacy-policy}, 'R23: the privacy policy');
like($link, qr{</terms>; rel="?terms-of-service}, 'R23: the terms');
$r = $t->get('/');
like($r->header('Vary'), qr/Cookie/, 'R24: Vary: Cookie');
like($r->header('Vary'), qr/Sec-GPC/, 'R24: Vary: Sec-GPC');
is($r->header('Cache-Control'), 'private, no-cache', 'R24: no cache keeps it');

done_testing();
