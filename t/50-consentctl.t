#!/usr/bin/perl

# consentctl: every command on what a real nginx wrote, and every way to call
# it wrong.

use lib 't/lib';
use Test::Consent;

use IO::Compress::Gzip qw(gzip);

my $t = Test::Consent->new;
my $ctl = Test::Consent->build . '/consentctl';
my $d = $t->dir;

my ($out, $rc);

sub ctl {
    $out = $t->run($ctl, @_);
    return $rc = $? >> 8;
}

sub mode { return sprintf('%03o', (stat $_[0])[2] & 0777) }


# --- help

is(ctl('--help'), 0, '--help is good');
my @commands = $out =~ /^  consentctl (\w+)/mg;
is_deeply(\@commands,
          [qw(keygen cookie verify stats erase check scan)],
          'and lists the commands');

for my $c (@commands) {
    is(ctl($c, '--help'), 0, "$c --help is good");
    like($out, qr/^usage: consentctl $c /, "$c --help says how");
}

# the manual page has them all

my $man = slurp(Test::Consent->root . '/src/consentctl.1');
is_deeply([ grep { $man !~ /^\.It Cm $_$/m } @commands ], [],
          'consentctl(1) has every command');

my %option;
for my $c (@commands) {
    ctl($c, '--help');
    $option{$1} = 1 while $out =~ /--([a-z-]+)/g;
}
is_deeply([ grep { (my $o = $_) =~ s/-/./g; $man !~ /Fl -$o\b/ }
            sort keys %option ], [], 'and every option');

is(ctl('--version'), 0, '--version is good');
like($out, qr/^consentctl \d+\.\d+\.\d+$/, 'and tells it');

is(ctl(), 2, 'no command: usage');
is(ctl('nonsense'), 2, 'no such command: usage');
like($out, qr/there is no command "nonsense"/, 'and says so');

for my $c (@commands) {
    is(ctl($c, '--nonsense'), 2, "$c: no such option: usage");
    like($out, qr/there is no option "--nonsense"/, "$c says so");
}

for my $c (qw(cookie verify stats erase check scan)) {
    is(ctl($c), 2, "$c of nothing: usage");
}

for my $c (qw(verify stats scan)) {
    is(ctl($c, "$d/nothing"), 2, "$c of what is not there: usage");
    like($out, qr{consentctl: \Q$d\E/nothing: No such file}, "$c says so");
}


# --- keygen

is(ctl('keygen'), 0, 'keygen prints a key');
like($out, qr/^[0-9a-f]{64}\n$/, 'of 64 hexadecimal digits');
my $first = $out;
ctl('keygen');
isnt($out, $first, 'another one each time');

is(ctl('keygen', "$d/key"), 0, 'keygen FILE makes a file');
is(mode("$d/key"), '600', 'that nobody else reads');
my $key = slurp("$d/key");
is(ctl('keygen', "$d/key"), 2, 'and does not write over it');
is(slurp("$d/key"), $key, 'which is as it was');

for (1 .. 3) {
    is(ctl('keygen', '--rotate', "$d/rotated"), 2, 'nothing to rotate')
        if $_ == 1;
    $t->file('rotated', "# ours\n$key", 0640) if $_ == 1;
    is(ctl('keygen', '--rotate', "$d/rotated"), 0, "rotation $_");
}

my @keys = grep { /^[0-9a-f]{64}$/ } split /\n/, slurp("$d/rotated");
is(@keys, 3, 'three keys are kept');
isnt($keys[0], $keys[1], 'the newest first');
is("$keys[0]$keys[1]$keys[2]" !~ /\Q$key/, 1, 'the oldest is gone');
like(slurp("$d/rotated"), qr/^# ours$/m, 'a comment stays');
is(mode("$d/rotated"), '640', 'so does who may read it');
is(ctl('keygen', '--keep', '0', '--rotate', "$d/rotated"), 2,
   'to keep none: usage');


# --- choices of a real server, for what follows

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_log %%DIR%%/ledger;
    consent_category social;
    access_log %%DIR%%/logs/access.log blocked;
}, 'log_format blocked "$uri $consent_blocked";');

my $cookie = $t->choose('accept');
my ($value) = $cookie =~ /=(.*)/;
my $refusal = $t->choose('reject');
$t->choose('save', categories => ['analytics']);
$t->choose('accept') for 1 .. 3;

my ($id) = (split /\./, $value)[5];


# --- cookie

is(ctl('cookie', $value), 0, 'cookie reads a value');
like($out, qr/^allowed   functional analytics marketing own:...$/m,
     'what it allows');
like($out, qr/^id        \Q$id\E$/m, 'whose it is');
like($out, qr/^mac       not verified/m, 'and that it was not verified');

is(ctl('cookie', '--secret', "$d/key", '--category', 'social', $value), 0,
   'with the secret it is verified');
like($out, qr/^key       [0-9a-f]{8} \(number 1 of 1 /m, 'by which key');
like($out, qr/^allowed   functional analytics marketing social$/m,
     'and categories have their names');
like($out, qr/^mac       right, for ngx_consent of (localhost|127\.0\.0\.1)$/m,
     'and it is right');

is(ctl('cookie', '--secret', "$d/key", $refusal), 0, 'a refusal is good, too');
like($out, qr/^time      \S+T00:00:00Z$/m, 'it tells no more than the day');
like($out, qr/^id        none/m, 'and names nobody');

(my $forged = $value) =~ s/\.(\d{10})\./'.' . ($1 - 1) . '.'/e;
is(ctl('cookie', '--secret', "$d/key", $forged), 1, 'a forged one is found');
like($out, qr/^mac       wrong/m, 'and said to be wrong');

is(ctl('cookie', '--secret', "$d/key", '--host', 'example.com', $value), 1,
   'another site\'s is found');
is(ctl('cookie', '--secret', "$d/rotated", $value), 1,
   'one under a key that is gone is found');
like($out, qr/not in the secret file/, 'and said to be');
is(ctl('cookie', 'v1.nonsense'), 1, 'what is no cookie is found');
is(ctl('cookie', '--secret', "$d/ledger", $value), 2, 'a ledger is no secret');
is(ctl('cookie', '--max-age', '500', $value), 2, '500 days: usage');


# --- verify

is(ctl('verify', "$d/ledger"), 0, 'verify of a whole chain is good');
like($out, qr/^6 lines, seq 1 to 6: the chain is whole, who wrote it was/,
     'and says what was not verified');
is(ctl('verify', '--secret', "$d/key", "$d/ledger"), 0,
   'so it is with the secret');
like($out, qr/every line is by a holder of the secret/, 'and says so');
is(ctl('verify', '--secret', "$d/rotated", "$d/ledger"), 1,
   'under another secret it is a finding');

my @lines = split /^/, slurp("$d/ledger");

sub ledger {
    my ($name, @l) = @_;
    return $t->file($name, join '', @l);
}

sub verify { ctl('verify', '--secret', "$d/key", @_) }

is(verify(ledger('a', @lines[0 .. 1, 3 .. 5])), 1, 'a line that is missing');
like($out, qr{^\Q$d\E/a:3: .*line 3 is missing$}m, 'is named');
is(verify(ledger('a', @lines[0, 2, 1, 3 .. 5])), 1, 'lines out of order');

(my $changed = $lines[2]) =~ s/"analytics":true/"analytics":false/;
is(verify(ledger('a', @lines[0, 1], $changed, @lines[3 .. 5])), 1,
   'a line that was changed');
like($out, qr{^\Q$d\E/a:3: was changed}m, 'is named');
is(ctl('verify', "$d/a"), 1, 'without the secret, too');

$t->file('a.head', slurp("$d/ledger.head"));
is(verify(ledger('a', @lines[0 .. 3])), 1, 'an end that was cut off');
like($out, qr{lines 5 to 6 were written after it}, 'is told by LEDGER.head');
(my $head = slurp("$d/ledger.head")) =~ s/"seq":0*6/sprintf '"seq":%020d', 4/e;
$t->file('a.head', $head);
is(verify("$d/a"), 1, 'a forged LEDGER.head');
like($out, qr/a\.head: was changed/, 'is told, too');
unlink "$d/a.head";

is(verify(ledger('a', @lines[0 .. 2]), ledger('b', @lines[3 .. 5])), 0,
   'a rotated ledger is whole');
gzip \(join '', @lines[0 .. 2]), "$d/a.gz";
is(verify("$d/a.gz", "$d/b"), 0, 'also when its first part is packed');
is(verify("$d/b"), 0, 'a later part by itself is whole');
like($out, qr/starts at seq 4/, 'and said to be a part');
is(verify("$d/b", "$d/a"), 1, 'parts in the wrong order are a finding');

chop(my $torn = $lines[5]);
is(verify(ledger('a', @lines[0 .. 4], substr $torn, 0, 40)), 1,
   'a last line that is cut off is a finding');


# --- stats

is(ctl('stats', "$d/ledger"), 0, 'stats is good');
like($out, qr/of 6 first choices/, 'counts choices');
like($out, qr/^ +1  refused$/m, 'by event');
like($out, qr/^ +\d  opt-in$/m, 'by mode');
unlike($out, qr/\Q$id/, 'and shows no id');

is(ctl('stats', '--json', "$d/ledger"), 0, 'stats --json is good');
my $json = eval { require JSON::PP; JSON::PP::decode_json($out) };
is($json->{lines}, 6, 'and is JSON: lines');
is($json->{events}{refused}, 1, 'events');
is($json->{allowed}{marketing}, 4, 'what was allowed');


# --- erase

is(ctl('erase', '--secret', "$d/key", '--id', 'A' x 22, "$d/ledger"), 1,
   'an id that is not there is a finding');
is(ctl('erase', '--secret', "$d/key", '--id', 'short', "$d/ledger"), 2,
   'what is no id: usage');
is(ctl('erase', '--secret', "$d/key", '--id', '-' x 22, "$d/ledger"), 2,
   'what is erased already: usage');
is(ctl('erase', '--secret', "$d/key", '--id', '-' . 'A' x 21, "$d/ledger"), 1,
   'an id may begin with a hyphen');
is(ctl('erase', '--id', $id, "$d/ledger"), 2, 'without the secret: usage');

is(ctl('erase', '--secret', "$d/key", '--id', $id, "$d/ledger"), 0,
   'an id is erased');
like($out, qr/^erased in 1 line$/m, 'from the line that has it');
unlike(slurp("$d/ledger"), qr/\Q$id/, 'and is not in the ledger');
is(-s "$d/ledger" > length join('', @lines), 1, 'a line was added');

is(verify("$d/ledger"), 0, 'and the chain is whole');
like($out, qr/^7 lines, seq 1 to 7, 1 erased:/, 'with one line erased');

$t->choose('accept');
is(verify("$d/ledger"), 0, 'nginx, that kept running, goes on from there');
like($out, qr/seq 1 to 8/, 'with the next line');

@lines = split /^/, slurp("$d/ledger");
$lines[0] =~ s/"marketing":true/"marketing":false/;
is(verify(ledger('a', @lines)), 1,
   'an erased line that was changed besides is still found');

is(ctl('erase', '--secret', "$d/key", '--id', $id, "$d/a.gz", "$d/b"), 2,
   'a packed file is not written to');


# --- check

is(ctl('check', 'https://www.google-analytics.com/ga.js'), 1,
   'check of a tracker is a finding');
like($out, qr/^  decides: catalog "[^"]*google-analytics\.com[^"]*", analytics$/m,
     'and names the rule');
is(ctl('check', '--page', 'https://example.com/', 'https://example.com/a.js'),
   0, 'the site\'s own loads');
like($out, qr/^  decides: first party, loads$/m, 'for that reason');
like($out, qr/^  not: catalog/m, 'and the catalog is said not to know it');

is(ctl('check', '--allow', 'google-analytics.com',
       'https://www.google-analytics.com/ga.js'), 0, '--allow is before all');
like($out, qr/^  comes after that: catalog /m, 'also before the catalog');

is(ctl('check', '--block', 'social ~*^https://widgets\.', '--no-catalog',
       'https://widgets.example.net/w.js'), 1, '--block adds a rule');
like($out, qr/until "social" is allowed/, 'with a category of its own');
is(ctl('check', '--block', 'marketing ~(', 'https://a.example/'), 2,
   'a pattern that does not compile: usage');
like($out, qr/\(\n\s*\^|\^/, 'with a caret');
is(ctl('check', '--block', 'marketing', 'https://a.example/'), 2,
   'a category without a pattern: usage');

my $list = $t->file('list.txt', "! a list\n||promo.example^\$script\n"
                    . "\@\@||promo.example/good.js\n");
is(ctl('check', '--list', $list, 'https://promo.example/x.js'), 1,
   '--list adds a list');
like($out, qr/^  decides: list "[^"]*\|\|promo\.example\^/m,
     'and names its rule');
is(ctl('check', '--list', $list, 'https://promo.example/good.js'), 0,
   'its exceptions count');
is(ctl('check', '--list', $list, '--type', 'image',
       'https://promo.example/x.gif'), 0, 'so do types');
like($out, qr/^  not: list/m, 'and it is said why not');
is(ctl('check', '--third-party', 'marketing', 'https://a.example/x.js'), 1,
   '--third-party blocks what nothing names');
is(ctl('check', '--type', 'nonsense', 'https://a.example/'), 2,
   'no such type: usage');
is(ctl('check', 'http://'), 2, 'no URL: usage');
is(ctl('check', '--page', 'nonsense', 'https://a.example/'), 2,
   'no page: usage');


# --- scan

my $page = $t->file('page.html', <<'END');
<!doctype html>
<title>page</title>
<p>ä <img src="https://www.facebook.com/tr?id=1">
<script src="https://www.google-analytics.com/ga.js"></script>
<script src="https://cdn.example.net/lib.js"></script>
<!-- <script src="https://www.google-analytics.com/ga.js"></script> -->
END

is(ctl('scan', $page), 1, 'scan of a page with trackers is a finding');
like($out, qr{^3:6 +img src +marketing +catalog \S+ +https://www\.facebook\.com/tr\?id=1$}m,
     'line and column, counted in characters, element, category, rule, URL');
like($out, qr{^4:1 +script src +analytics }m, 'each of them');
like($out, qr/: 2 would be blocked, analytics 1, marketing 1$/m, 'and the sum');

is(ctl('scan', '--json', $page), 1, 'scan --json, too');
$json = eval { JSON::PP::decode_json($out) } || {};
is_deeply([ map { "$_->{line}:$_->{column} $_->{category}" }
            @{$json->{blocked}} ],
          [ '3:6 marketing', '4:1 analytics' ], 'and is JSON');
is($json->{third_parties}, undef, 'what passes is not in it');

is(ctl('scan', '--json', '--all', $page), 1, 'with --all');
$json = eval { JSON::PP::decode_json($out) } || {};
is_deeply([ map { $_->{url} } @{$json->{third_parties}} ],
          [ 'https://cdn.example.net/lib.js' ], 'it is');

is(ctl('scan', '--no-catalog', $page), 0, 'without the catalog it is clean');
like($out, qr/nothing would be blocked$/m, 'and said to be');
is(ctl('scan', '--no-catalog', '--json', $page), 0, 'as JSON');
like($out, qr/"blocked":\[\]/, 'with an empty list');
is(ctl('scan', '--no-catalog', '--third-party', 'marketing', $page), 1,
   'under consent_third_party it is not');
is(ctl('scan', '--url', 'https://www.facebook.com/', '--no-catalog',
       '--third-party', 'marketing', '--json', $page), 1,
   '--url says whose page it is');

is(ctl('scan', $t->file('utf16.html', "\xff\xfe<\0p\0>\0")), 1,
   'a page that cannot be read is a finding');
like($out, qr/cannot be read/, 'and said to be');

my $empty = $t->file('empty.html', '');
is(ctl('scan', $empty), 0, 'an empty page is clean');

# what the server sends has nothing live left

$t->file('html/page.html', slurp($page));
my $sent = $t->file('sent.html', $t->get('/page.html')->body);
is(ctl('scan', '--json', $sent), 0, 'what the server sends is clean');
$sent = $t->file('sent.html',
                 $t->get('/page.html', cookie => $cookie)->body);
is(ctl('scan', '--json', $sent), 1, 'with consent the trackers are there');

# what a reader may take in two ways is counted once: an image in <noscript>
# ends <head> for one of them

my ($hotjar) = slurp(Test::Consent->root . '/t/demo/site/index.html')
               =~ m{<!-- Hotjar -->\n(<script>.*?</script>)}s;
my $twice = '<head><noscript><img src="https://www.facebook.com/tr?id=1">'
            . "</noscript>$hotjar";
$t->file('html/twice.html', $twice);
$t->get('/twice.html');
ctl('scan', '--json', "$d/html/twice.html");
$json = eval { JSON::PP::decode_json($out) } || {};
is(@{$json->{blocked} || []}, 2, 'an inline script is told of once');
is_deeply([ (slurp("$d/logs/access.log") =~ m{^/twice\.html (\d+)$}mg)[-1] ],
          [ 2 ], 'and counted once by the server');

# standard input, and text that a terminal would obey

open(my $p, '-|', "printf '<script src=https://a.example/?\033[2J>'"
                  . " | $ctl scan --third-party marketing -") or die;
$out = join '', <$p>;
close $p;
is($? >> 8, 1, 'scan reads standard input');
unlike($out, qr/\e/, 'and sends no control characters to a terminal');

done_testing();
