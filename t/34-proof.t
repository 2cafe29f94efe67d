#!/usr/bin/perl

# What can be shown years later: the notice as it was, by its hash; the
# visitor's own receipt; whether a person pressed the button.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Record;
use Digest::SHA qw(sha256_hex);
use JSON::PP;

my $t = Test::Consent->new;
my $secret = 'a1' x 32;
my $k = Test::Consent::Record->key($secret);

my $page = '<!doctype html><html lang=LANG><title>t</title><body><p>x'
           . '<script src="https://www.google-analytics.com/a.js"></script>';

for my $lang (qw(en de ar zh)) {
    $t->file("html/$lang.html", $page =~ s/LANG/$lang/r);
}

$t->file('html/index.html', $page =~ s/LANG/en/r);
$t->file('key', "$secret\n", 0600);

my $conf = 'consent on; consent_secret_file %%DIR%%/key;
    consent_log %%DIR%%/ledger.jsonl;
    consent_mode $http_x_mode;
    consent_controller "Example <& Co" contact=privacy@example.com;
    consent_category video separate overseas title=Films
        "description=So that films play" "recipient=Films & Co";
    consent_link "Privacy policy" /privacy rel=privacy-policy;';

$t->server($conf);

sub last_line {
    my @l = read_ledger("$t->{dir}/ledger.jsonl");
    return decode_json($l[-1]);
}


# R65: for each language, mode and signal: what was on the page is what is kept

for my $lang (qw(en de ar zh)) {
    for my $mode (qw(opt-in opt-out notice)) {
        for my $gpc (0, 1) {
            my @h = ('X-Mode' => $mode, $gpc ? ('Sec-GPC' => 1) : ());
            my $name = "$lang, $mode" . ($gpc ? ', GPC' : '');

            my ($shown) = $t->get("/$lang.html", headers => [ @h ])->body
                          =~ m{(<section\b[^>]*id="privacy-choices".*?</section>)}s;
            if (!defined $shown) {
                ok(!$gpc || $mode eq 'x', "R65: $name: a notice is shown");
                next;
            }

            my ($tag) = $shown =~ /name="lang" value="([^"]*)"/;
            my $r = $t->post('/_consent/',
                [ choice => 'accept', lang => $tag // 'none' ],
                headers => [ @h, Origin => 'http://localhost' ]);
            is($r->status, 303, "R65: $name: a choice is made under it");

            my $e = last_line();
            my $kept = $t->get("/_consent/notice/$e->{notice}");

            is($kept->status, 200, "R65: $name: the notice is there by the "
               . 'hash that the ledger has');
            is(sha256_hex($kept->body), $e->{notice},
               "R65: $name: its hash is right");

            # but for the page it stood on
            s/(name="return" value=")[^"]*/$1/ for $shown, my $body = $kept->body;
            is($body, $shown, "R65: $name: it is what was shown");
            is($e->{lang}, $tag, "R65: $name: its language");
        }
    }
}

my $e = last_line();
my $hash = $e->{notice};
my $r = $t->get("/_consent/notice/$hash");
like($r->header('Content-Security-Policy'), qr/sandbox/,
     'R65: nothing in a snapshot works: it is to be read');
like($r->header('Content-Type'), qr{^text/html}, 'as a page');
is($r->header('Set-Cookie'), undef, 'and sets nothing');
is(slurp("$t->{dir}/ledger.jsonl.notices/$hash.html"), $r->body,
   'R65: a copy is kept beside the ledger');

for my $bad ('0' x 64, 'f' x 63, 'f' x 65, 'G' x 64,
             uc $hash, "$hash.html", '', '..%2f..%2fkey')
{
    is($t->get("/_consent/notice/$bad")->status, 404,
       'R65: no such notice: ' . substr($bad, 0, 20));
}

$t->server($conf . 'consent_revision 2; consent_text %%DIR%%/text.json;')
    if $t->file('text.json', '{"en":{"title":"Another notice"}}');
isnt(do { $t->choose('accept', headers => [ Origin => 'http://localhost' ]);
          last_line()->{notice} }, $hash, 'R65: another text has another hash');
is(sha256_hex($t->get("/_consent/notice/$hash")->body), $hash,
   'R65: the old one is there when the configuration has long changed');


# R66: the receipt

$t->server($conf);
my $before = time;
my $accept = $t->choose('save', categories => [ qw(analytics) ]);
my $id = (split /\./, $accept)[5];

$r = $t->get('/_consent/receipt', cookie => $accept,
             headers => [ 'Accept-Language' => 'de' ]);
is($r->status, 200, 'R66: a receipt');
like($r->header('Content-Type'), qr{^application/ld\+json}, 'R66: as JSON-LD');
is($r->header('Cache-Control'), 'no-store', 'R66: that is not stored');
my $j = decode_json($r->body);

is(ref $j->{'@context'}, 'HASH', 'R66: with a context');
is($j->{'@context'}{dpv}, 'https://w3id.org/dpv#', 'R66: the vocabulary');

my %used = map { $_ => 1 } $r->body =~ /"(\w+):\w+"/g;
delete @used{qw(https http)};
is(join(' ', grep { !$j->{'@context'}{$_} } sort keys %used), '',
   'R66: every prefix used is declared');

is($j->{'dct:conformsTo'}, 'https://w3id.org/dpv/schema/dpv-27560#record',
   'R66: 27560: schema version');
is($j->{schemaVersion}, 'ISO/IEC TS 27560:2023', 'R66: of the standard');
is($j->{'dpv:hasIdentifier'}, $id, 'R66: 27560: record id');
is($j->{'dpv:hasDataSubject'}{'dpv:hasIdentifier'}, $id,
   'R66: 27560: the principal, by nothing but the id');
like($j->{'dct:created'}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
     'R66: 27560: event time');
cmp_ok($j->{'dct:valid'}, 'gt', $j->{'dct:created'},
       'R66: 27560: validity');
is($j->{'dct:language'}, 'de', 'R66: 27560: language');
is($j->{'dpv:hasDataController'}{'dpv:hasName'}, 'Example <& Co',
   'R66: 27560: who is responsible');
is($j->{'dpv:hasDataController'}{'dpv:hasContact'}, 'privacy@example.com',
   'R66: 27560: and how to reach them');
like($j->{'dpv:hasWithdrawalMethod'}, qr{^http://localhost/_consent/$},
     'R66: 27560: withdrawal method');
like($j->{'dpv:hasRecipient'}, qr{/_consent/vendors},
     'R66: 27560: recipients');
is($j->{'dpv:hasLegalBasis'}, 'dpv:Consent', 'R66: 27560: lawful basis');
is($j->{'dpv:hasConsentStatus'}, 'dpv:ConsentGiven',
   'R66: 27560: event state');
is($j->{noticeRevision}, '1', 'R66: the revision of the notice');

my ($n) = $j->{'dpv:hasNotice'} =~ m{(/_consent/notice/[0-9a-f]{64})$};
is($t->get($n // '/none')->status, 200, 'R66: 27560: the notice, to be read');

my %p = map { $_->{'dpv:hasPurpose'}{'skos:prefLabel'} => $_ }
        @{$j->{'dpv:hasProcess'}};
is(join(' ', map { "$_=$p{$_}{'dpv:hasConsentStatus'}" } sort keys %p),
   'analytics=dpv:ConsentGiven functional=dpv:ConsentRefused '
   . 'marketing=dpv:ConsentRefused video=dpv:ConsentRefused',
   'R66: 27560: each purpose with its own state');
is($p{video}{'dpv:hasRecipient'}, 'Films & Co',
   'R66: 27560: and its recipient');
is($p{video}{'dpv:hasPurpose'}{'skos:definition'}, 'So that films play',
   'R66: 27560: what for, in the operator\'s words');
ok(scalar(grep { $_ eq 'dpv:Transfer' } @{$p{video}{'dpv:hasProcessing'}}),
   'R66: 27560: that it goes abroad');
is($p{marketing}{'dpv:hasPurpose'}{'skos:broader'}, 'dpv:Marketing',
   'R66: 27560: purpose type');
ok(@{$p{marketing}{'dpv:hasPersonalData'}}, 'R66: 27560: PII information');

is($t->get('/_consent/receipt')->status, 404,
   'R66: who has no record gets none');
is($t->get("/_consent/receipt?id=$id")->status, 404,
   'R66: nor by another\'s id');
is($t->get('/_consent/receipt', cookie => $accept . 'x')->status, 404,
   'R66: nor by a forged cookie');
is($r->header('Cross-Origin-Resource-Policy'), 'same-origin',
   'R66: no other site reads it');
is($t->get('/_consent/receipt', cookie => $accept,
           headers => [ Origin => 'https://evil.example' ])
     ->header('Access-Control-Allow-Origin'), undef, 'R66: by script neither');

my $reject = $t->choose('reject');
$j = decode_json($t->get('/_consent/receipt', cookie => $reject)->body);
is($j->{'dpv:hasConsentStatus'}, 'dpv:ConsentRefused',
   'R66: a refusal has one, too');
is($j->{'dpv:hasIdentifier'}, undef, 'R66: that names nobody');

$t->server("$conf consent_revision 9;");
$j = decode_json($t->get('/_consent/receipt', cookie => $accept)->body);
is($j->{noticeRevision}, '1', 'R66: of a choice under an older notice: which');
is($j->{'dpv:hasNotice'}, undef, 'R66: and not today\'s in its place');


# R67

$t->server($conf);

for my $case ([ 1, '?1' ], [ 0, '?0' ], [ 0, '1' ], [ 0, undef ], [ 0, '' ]) {
    my ($want, $h) = @$case;
    $t->choose('accept', headers => [ 'Sec-Fetch-Site' => 'same-origin',
               defined $h ? ('Sec-Fetch-User' => $h) : () ]);
    is(!!last_line()->{gesture}, !!$want, 'R67: Sec-Fetch-User '
       . (defined $h ? "\"$h\"" : 'not sent')
       . ($want ? ': a person did it' : ': not known to be a person'));
}

$t->choose('accept', headers => [ Origin => 'http://localhost',
                                  Accept => 'application/json' ]);
is(last_line()->{via}, 'fetch', 'R67: by script or by form is told');
$t->choose('accept');
is(last_line()->{via}, 'form', 'R67: by form');

# required, if an operator wants it so

$t->server("$conf consent_require_gesture on;");

for my $case ([ 303, 'accept', 'Sec-Fetch-User' => '?1' ],
              [ 403, 'accept', 'Sec-Fetch-User' => '?0' ],
              [ 403, 'accept' ], [ 403, 'save' ], [ 303, 'reject' ])
{
    my ($want, $choice, @h) = @$case;
    my $r = $t->post('/_consent/', [ choice => $choice,
                                     category => 'analytics' ],
                     headers => [ 'Sec-Fetch-Site' => 'same-origin', @h ]);
    is($r->status, $want, "R67: consent_require_gesture: $choice, "
       . (@h ? "Sec-Fetch-User: $h[1]" : 'no Sec-Fetch-User') . ": $want");
    is(!!$r->header('Set-Cookie'), $want == 303,
       'R67: and a cookie only then');
}

is_deeply([ ledger_wrong([ $k ], read_ledger("$t->{dir}/ledger.jsonl")) ], [],
          'the ledger is whole');

# what this browser chose, with the notice that it saw: from the ledger, by the
# id in its cookie, on the page for it alone

{
    my $h = Test::Consent->new;
    $h->file('html/index.html', $page =~ s/LANG/en/r);
    $h->file('key', "$secret\n", 0600);
    $h->server('consent on; consent_secret_file %%DIR%%/key;
        consent_log %%DIR%%/ledger.jsonl;');

    my @o = (headers => [ Origin => 'http://localhost' ]);
    my $history = sub {
        my $b = $h->get('/_consent/', cookie => $_[0])->body;
        return $b =~ m{<h2 id="history">.*?<tbody>(.*?)</tbody>}s
            ? [ $1 =~ m{<tr>(.*?)</tr>}gs ] : [];
    };

    is_deeply($history->(undef), [], 'history: none before a choice');

    my $one = $h->choose('accept', @o);
    my $other = $h->choose('save', categories => [ 'functional' ], @o);
    my $two = $h->choose('save', categories => [ 'analytics' ], @o,
                         cookie => $one);

    my @rows = @{$history->($two)};
    is(@rows, 2, 'history: one line a choice');
    like($rows[0], qr{\xe2\x9c\x97 Functions<br>\xe2\x9c\x93 Statistics<br>},
         'history: the last one first');
    like($rows[1], qr{\xe2\x9c\x93 Functions<br>\xe2\x9c\x93 Statistics<br>},
         'history: then what was before');
    like($rows[0], qr{<time datetime="\d{4}-\d\d-\d\dT[\d:.]+Z">},
         'history: when it was');

    my ($notice) = $rows[0] =~ m{href="(/_consent/notice/[0-9a-f]{64})"};
    is($h->get($notice // '/none')->status, 200,
       'history: and the notice as it was');

    is(@{$history->($other)}, 1, 'history: nobody else\'s choices');
    (my $forged = $two) =~ s/.$/substr($&, 0, 1) eq 'A' ? 'B' : 'A'/e;
    is_deeply($history->($forged), [], 'history: none for a forged cookie');

    my $none = $h->choose('reject', @o, cookie => $two);
    is_deeply($history->($none), [],
              'history: a refusal names nobody, so it has none');
}

done_testing();
