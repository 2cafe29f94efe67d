#!/usr/bin/perl

# The choice: nothing before it, what was said and no more after it, asked
# once, asked again for what is new only, taken back as easily as given.

use lib 't/lib';
use Test::Consent;
use JSON::PP;

my $t = Test::Consent->new;

my $ga = 'https://www.google-analytics.com/analytics.js';
my $fb = 'https://connect.facebook.net/en_US/fbevents.js';
my $page = "<!doctype html><html lang=en><head><title>t</title></head><body>"
           . "<h1>Text</h1><script src=\"$ga\"></script>"
           . "<script src=\"$fb\"></script>"
           . "<iframe src=\"https://maps.example.com/embed\"></iframe>"
           . "</body></html>";

$t->file("html/$_", $page) for qw(index.html a.html b.html c.html);
$t->file('key', 'a1' x 32 . "\n", 0600);

my $key = 'consent_secret_file %%DIR%%/key;';
my $links = 'consent_link "Privacy policy" /privacy rel=privacy-policy;
             consent_link Terms /terms rel=terms-of-service;';

# what of a page is live, by letter

sub live {
    my ($r) = @_;
    my $b = $r->body;

    return join '', $b =~ /<script[^>]* src="\Q$ga\E"/ ? 'A' : '',
                    $b =~ /<script[^>]* src="\Q$fb\E"/ ? 'M' : '',
                    $b =~ m{<iframe[^>]* src="https://maps\.} ? 'F' : '';
}

sub asks { $_[0]->body =~ /<section\b[^>]*id="privacy-choices"/ ? 1 : 0 }

sub boxes {
    my ($r) = @_;
    return join ',', map { my ($v) = /value="(\w+)"/;
                            $v . (/checked/ ? '*' : '') }
                     $r->body =~ /(<input\b[^>]*name="category"[^>]*>)/g;
}

my $conf = "consent on; $key $links
    consent_controller \"Example & Co\" contact=mail\@example.com;
    consent_block functional maps.example.com;";

$t->server($conf);


# before

my $r = $t->get('/');
is($r->header('Set-Cookie'), undef, 'R1: no cookie before a choice');
is(live($r), '', 'R1: nothing of another party before a choice');
is(asks($r), 1, 'R1: instead, a question');
is(boxes($r), 'functional,analytics,marketing',
   'R9: no purpose is ticked beforehand');
like($r->body, qr{<h1>Text</h1>}, 'R10: the content is there all the same');

my ($notice) = $r->body =~ m{(<section\b[^>]*id="privacy-choices".*?</section>)}s;
like($notice, qr{<form method="post" action="/_consent/"},
     'R9: a form that works without scripting');

my @buttons = $notice =~ /<button\b[^>]*name="choice"[^>]*>/g;
my ($no, $yes) = map { my $v = $_; grep { /value="$v"/ } @buttons }
                 qw(reject accept);
s/ value="\w+"| data-role="\w+"//g for $no, $yes;
is($no, $yes, 'R6: refusing and agreeing are buttons of one kind');
like($notice, qr/value="reject".*value="accept"/s,
     'R6: on one layer, refusing first');

like($notice, qr/Example &(?:amp;|#38;) Co/, 'R19: the notice says who asks');
like($notice, qr/180 days/, 'R19: for how long a choice holds');
like($notice, qr/withdraw/, 'R19: that it can be withdrawn');
like($notice, qr{<a href="/privacy"[^>]*>}, 'R19: links the privacy policy');
like($notice, qr{<a href="/terms"[^>]*>}, 'R19: and the terms');
unlike($notice, qr{<p>[^<]*<a href="/terms}, 'R19: not in the sentence that asks');


# refusing

my ($reject, $x) = $t->choose('reject', headers => [ Referer => 'x' ]);
$x = $t->post('/_consent/', [ choice => 'reject', return => '/a.html?x=1' ]);
is($x->status, 303, 'R7: one request refuses');
is($x->header('Location'), '/a.html?x=1', 'R7: and leads back to the page');

for my $uri (qw(/a.html /b.html /c.html)) {
    my $r = $t->get($uri, cookie => $reject);
    is($r->header('Set-Cookie'), undef, "R2: refused, $uri: no cookie");
    is(live($r), '', "R2: refused, $uri: nothing of another party");
    is(asks($r), 0, "R11: refused, $uri: not asked again");
}


# agreeing

my $accept = $t->choose('accept');
is(live($t->get('/', cookie => $accept)), 'AMF', 'R4: agreed: all of it runs');
is(asks($t->get('/', cookie => $accept)), 0, 'agreed: not asked again');

my %only = (analytics => 'A', marketing => 'M', functional => 'F');

for my $c (sort keys %only) {
    my $cookie = $t->choose('save', categories => [ $c ]);
    is(live($t->get('/', cookie => $cookie)), $only{$c},
       "R4: agreed to $c: that, and nothing else");
}

is(live($t->get('/', cookie => scalar $t->choose('save'))), '',
   'R9: saved with nothing ticked: nothing');


# always within reach, and as easily taken back

for my $uri (qw(/ /a.html /b.html /c.html /missing)) {
    for my $c (undef, $reject, $accept) {
        my $r = $t->get($uri, defined $c ? (cookie => $c) : ());
        next if $r->status != 200 && $r->body !~ /<body/;
        like($r->body, qr{<a\b[^>]*href="/_consent/"},
             "R8: the way to one's choices is on $uri "
             . (!defined $c ? 'before a choice' : $c eq $reject
                ? 'after a refusal' : 'after a grant'));
    }
}

$r = $t->get('/_consent/', cookie => $accept);
like($r->body, qr/<button\b[^>]*value="reject"[^>]*>Withdraw consent</,
     'R8: one click away it is withdrawn');
is(boxes($r), 'functional*,analytics*,marketing*',
   'which shows what was agreed to');

my ($withdrawn) = $t->choose('reject', cookie => $accept);
is(live($t->get('/', cookie => $withdrawn)), '',
   'R3: withdrawn: nothing of another party');
is(asks($t->get('/', cookie => $withdrawn)), 0, 'R3: and no question');


# reading on is not agreeing: nothing but a POST is

my @not = (
    [ GET => '/_consent/?choice=accept' ], [ HEAD => '/_consent/?choice=accept' ],
    [ GET => '/?choice=accept' ], [ PUT => '/_consent/' ],
    [ GET => '/_consent/state' ], [ GET => '/_consent/receipt' ],
    [ GET => '/_consent/frame?c=marketing&u=https://x.example/' ],
    [ GET => '/_consent/vendors' ], [ OPTIONS => '/_consent/' ],
);

for (@not) {
    my ($method, $uri) = @$_;
    my $r = $t->request($method, $uri);
    is($r->header('Set-Cookie'), undef, "R5: $method $uri is no choice");
}


# something new

sub with {
    my ($conf) = @_;
    $t->server($conf);
}

with("$conf consent_revision 2;");
$r = $t->get('/', cookie => $reject);
is(asks($r), 1, 'R11: another revision asks who refused');
is(live($r), '', 'R11: nothing runs meanwhile');
$r = $t->get('/', cookie => $accept);
is(asks($r), 1, 'R12: another revision asks who agreed');
is(live($r), 'AMF', 'R12: what was agreed to goes on meanwhile');
my $again = $t->choose('accept', cookie => $accept);
is(asks($t->get('/', cookie => $again)), 0, 'R12: once');

my $more = "$conf consent_category video; consent_block video video.example;";
with($more);
$r = $t->get('/', cookie => $accept);
is(asks($r), 1, 'R12: a new purpose is asked for');
is(live($r), 'AMF', 'R12: others go on');
is($r->state->{video}, 0, 'R12: it is off until then');
is(boxes($r), 'functional*,analytics*,marketing*,video',
   'R12: their own ticks are there, that of the new one is not');
is(boxes($t->get('/', cookie => $reject)),
   'functional,analytics,marketing,video', 'R12: who refused finds none');
is($t->get('/', cookie => $reject)->state->{video}, 0,
   'R12: off for who refused');
is(asks($t->get('/', cookie => $reject)), 1, 'R12: who is asked, too');
$again = $t->choose('save', categories => [ qw(analytics video) ],
                    cookie => $accept);
is($t->get('/', cookie => $again)->state->{video}, 1, 'R12: and on then');
is(asks($t->get('/', cookie => $again)), 0, 'R12: and not asked again');

my $first = "$conf consent_category analytics \"recipient=Metrics Ltd\";";
with($first);
$r = $t->get('/');
like($r->body, qr/Recipient: Metrics Ltd/, 'R19: the notice names recipients');
my $all = $t->choose('accept');
is(live($t->get('/', cookie => $all)), 'AMF', 'agreed to with its recipient');

(my $second = $first) =~ s/Metrics Ltd/Other Inc/;
with($second);
$r = $t->get('/', cookie => $all);
is(live($r), 'MF', 'R12: another recipient: that purpose is off');
is(asks($r), 1, 'R12: and asked for');
is($r->state->{marketing}, 1, 'R12: the others go on');
with($first);
is(live($t->get('/', cookie => $all)), 'AMF',
   'R12: to whom it was given it stays given');

# a category that is gone, or stands elsewhere in the file, is told by name

with("consent_category later; consent_category video; $conf");
$again = $t->choose('save', categories => [ qw(video) ]);
with("consent_category video; consent_category later; $conf");
$r = $t->get('/', cookie => $again);
is($r->state->{video} . $r->state->{later}, "10",
   'categories in another order: by name');
with($conf);
$r = $t->get('/', cookie => $again);
is($r->status, 200, 'a category that is gone: no error');
is(asks($r), 0, 'a category that is gone: nothing to ask for');


# flags

with("consent on; $key $links
    consent_category profiling separate title=Profiles;
    consent_category abroad overseas title=Abroad;
    consent_category children minor title=Children;
    consent_block profiling p.example;");

$r = $t->get('/');
is(boxes($r), 'functional,analytics,marketing,profiling,abroad,children',
   'R21: flagged purposes are asked for');
like($r->body, qr/Abroad.*?Data is sent abroad/s, 'R21: sent abroad: said');
is(scalar(() = $r->body =~ /does not include it/g), 3,
   'R21: that "accept all" does not cover them is said of each');

$all = $t->choose('accept');
my $s = $t->get('/', cookie => $all)->state;
is(join(',', map { "$_=$s->{$_}" } qw(marketing profiling abroad children)),
   'marketing=1,profiling=0,abroad=0,children=0',
   'R21: "accept all" does not cover them');
is($s->{basis}, 'grant', 'R21: and is a grant all the same');
is(asks($t->get('/', cookie => $all)), 0, 'R21: they are not asked for again');

for my $c (qw(profiling abroad children)) {
    my $cookie = $t->choose('save', categories => [ $c ]);
    my $s = $t->get('/', cookie => $cookie)->state;
    is(join(',', grep { $s->{$_} eq '1' } qw(functional analytics marketing
                                          profiling abroad children)),
       $c, "R21: $c ticked: that");
    $cookie = $t->choose('accept', categories => [ $c ]);
    $s = $t->get('/', cookie => $cookie)->state;
    is(join(',', grep { $s->{$_} eq '1' } qw(marketing profiling abroad
                                          children)),
       "marketing,$c", "R21: $c ticked, then all: that, too");
}

# the flags hold where trackers are on before a choice, too

with("consent on; $key consent_mode opt-out;
    consent_category profiling separate; consent_category abroad overseas;
    consent_category children minor;");
$s = $t->get('/')->state;
is(join(',', map { "$_=$s->{$_}" } qw(marketing profiling abroad children)),
   'marketing=1,profiling=0,abroad=0,children=0',
   'R21: nor does an opt-out start with them on');


# who is involved

with("$conf consent_block marketing ads.example/x ~^https?://re\\.example/;");
my $vendors = $t->get('/_consent/vendors')->body;
my $json = $t->get('/_consent/vendors?format=json')->body;
my %host = map { $_->{host} => $_->{category} } @{decode_json($json)->{vendors}};

for my $case ([ 'maps.example.com', 'functional' ],
              [ 'ads.example/x', 'marketing' ],
              [ '~^https?://re\.example/', 'marketing' ],
              [ 'google-analytics.com', 'analytics' ])
{
    my ($p, $c) = @$case;
    ok(index($vendors, $p) >= 0, "R20: $p is on the page of vendors");
    is($host{$p}, $c, "R20: $p is in the JSON, for $c");
}


# what does not fit into a cookie is said at start

my ($ok, $out) = $t->test_server("consent on; $key consent_revision "
    . 'a' x 32 . ';' . join '', map { "consent_category c$_ recipient=\"r$_\";" }
                               1 .. 12);
ok($ok || $out =~ /cookie would have/, 'more than a cookie can hold is an error at start');

for my $case (
    [ 'consent_category analytics "recipient=A & B"', 1 ],
    [ 'consent_category necessary recipient=us', 0 ],
    [ 'consent_category x separate overseas minor', 1 ],
    [ 'consent_category x apart', 0 ],
) {
    my ($d, $good) = @$case;
    my ($ok) = $t->test_server("consent on; $key $d;");
    is($ok, $good, "$d: " . ($good ? 'accepted' : 'refused'));
}

done_testing();
