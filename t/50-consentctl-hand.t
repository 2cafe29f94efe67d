#!/usr/bin/perl

# consentctl in the hands of people and scripts: each spelling of an option,
# each misuse answered, what a page or a ledger holds never sent raw to a
# terminal, nothing lost in silence.

use lib 't/lib';
use Test::Consent;

use IO::Compress::Gzip qw(gzip);
use JSON::PP;

my $t = Test::Consent->new;
my $ctl = Test::Consent->build . '/consentctl';
my $d = $t->dir;

my ($out, $rc);

sub ctl {
    $out = $t->run($ctl, @_);
    return $rc = $? >> 8;
}

# the same in a shell: redirections, another clock

sub shell {
    my ($command) = @_;
    $out = $t->run('/bin/sh', '-c', $command);
    return $rc = $? >> 8;
}

ctl('keygen', "$d/key");

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_log %%DIR%%/ledger;
});

my ($value) = $t->choose('accept') =~ /=(.*)/;
my @lines = split /^/, slurp("$d/ledger");


# --- how options are given

is(ctl('cookie', "--secret=$d/key", $value), 0, '--option=value');
like($out, qr/^mac       right/m, 'is as --option value');
is(ctl('cookie', '--max-age=30', '--', $value), 0, '-- ends the options');
is(ctl('cookie', '--secret'), 2, 'an option without its value: usage');
like($out, qr/--secret takes a value/, 'and says so');
is(ctl('cookie', '--secretly', 'x', $value), 2, 'a longer name is another');

my %two = (
    keygen => [ 'a', 'b' ],
    cookie => [ $value, $value ],
    check  => [ 'https://a.example/', 'https://b.example/' ],
    scan   => [ '-', '-' ],
);

for my $c (sort keys %two) {
    is(ctl($c, @{$two{$c}}), 2, "$c of two: usage");
    like($out, qr/$c takes one/, "$c says so");
}

is(ctl('keygen', '--rotate'), 2, 'keygen --rotate of nothing: usage');
is(ctl('keygen', "$d/none/key"), 2, 'keygen where there is no folder');
like($out, qr{none/key: No such file}, 'says so');
is(ctl('keygen', '--rotate', "$d/" . 'k' x 5000), 2, 'a name too long to be');
is(ctl('scan', $d), 2, 'a folder is no page');
like($out, qr/\Q$d\E: Is a directory/, 'and scan says so');
is(ctl('stats', $d), 2, 'nor a ledger');
is(ctl('verify', '--secret', "$d/none", "$d/ledger"), 2,
   'a secret file that is not there');

SKIP: {
    skip 'no /dev/full', 2 unless -c '/dev/full';
    is(shell("$ctl --help > /dev/full"), 2, 'what could not be written');
    like($out, qr/standard output: No space left/, 'was not said');
}


# --- a key file as Windows writes it

$t->file('crlf', "# ours\r\n\r\n" . 'a1' x 32 . "\r\n", 0600);
is(ctl('keygen', '--rotate', "$d/crlf"), 0, 'a key file with CR LF rotates');
my @keys = grep { /^[0-9a-f]{64}\r?$/ } split /\n/, slurp("$d/crlf");
is(@keys, 2, 'to two keys');
is(ctl('cookie', '--secret', "$d/crlf", $value), 1, 'and is a key file');


# --- cookies of other days

SKIP: {
    my ($clock) = grep { -e } glob('/usr/lib/*/faketime/libfaketime.so.1');
    skip 'no libfaketime', 4 unless $clock && !$ENV{CONSENT_SANITIZED};

    my $at = sub {
        my ($when) = @_;
        return shell("LD_PRELOAD=$clock FAKETIME=$when $ctl cookie "
                     . "--secret $d/key --max-age 90 $value");
    };

    is($at->('+100d'), 1, 'a cookie that is too old is found');
    like($out, qr/^age       expired, (9|10) days ago$/m, 'and said how old');
    is($at->('-3d'), 1, 'one from the future, too');
    like($out, qr/^age       from the future/m, 'and said to be');
}

is(ctl('cookie', 'v1.0.1.n.x.id.mac'), 0, 'a notice that was acknowledged');
like($out, qr/^notice    acknowledged, which is no consent$/m, 'is said to be');
like($out, qr/^time      \?$/m, 'a time that is none is not made up');


# --- ledgers

is(shell("$ctl verify --secret $d/key - < $d/ledger"), 0,
   'verify reads standard input');

my $long = $t->file('long', $lines[0] . 'x' x 3_000_000 . "\n" . $lines[0]);
is(ctl('verify', $long), 1, 'a line of three million bytes is a finding');
like($out, qr{^\Q$long\E:2: }m, 'with its number');
is(ctl('stats', $long), 1, 'stats reads past it');
like($out, qr/^1 lines could not be read: see "consentctl verify"$/m,
     'and says so');

gzip \(join('', @lines) x 2000), "$d/whole.gz";
my $packed = slurp("$d/whole.gz");
my $cut = $t->file('cut.gz', substr $packed, 0, length($packed) / 2);
my $broken = $t->file('broken.gz', substr($packed, 0, 60) . "\xff" x 40);

for my $file ($cut, $broken) {
    for my $c (qw(stats verify)) {
        is(ctl($c, $file), 2, "$c of a packed ledger that is not whole");
        like($out, qr/^consentctl: \Q$file\E: /m, 'names it');
    }
}

# what others could write into one, counted and shown without harm

my $many = join '', map {
    (my $l = $lines[0]) =~ s/"mode":"[^"]*"/"mode":"m$_"/; $l } 1 .. 4200;
is(ctl('stats', $t->file('many', $many)), 0, 'more modes than anyone has');
like($out, qr/^ +\d+  \(others\)$/m, 'are counted together');

(my $evil = $lines[0]) =~ s/"mode":"[^"]*"/"mode":""/;
is(ctl('stats', $t->file('evil', $evil)), 0, 'a mode without a name');
like($out, qr/^ +1  -$/m, 'is a hyphen');


# --- erase

is(ctl('erase', '--secret', "$d/key", '--id', 'A' x 22), 2,
   'erase of no ledger: usage');
is(ctl('erase', '--secret', "$d/none", '--id', 'A' x 22, "$d/ledger"), 2,
   'without a secret file');
is(ctl('erase', '--secret', "$d/key", '--id', 'A' x 22, "$d/none"), 2,
   'of a ledger that is not there');
like($out, qr{\Q$d\E/none: No such file}, 'says so');
is(ctl('erase', '--secret', "$d/key", '--id', 'A' x 22, '/dev/null'), 2,
   'of what is no file');
like($out, qr{/dev/null: is no file}, 'says so');

mkdir "$d/b.head";
$t->file('b', $lines[0]);
is(ctl('erase', '--secret', "$d/key", '--id', (split /\./, $value)[5],
       "$d/b"), 2, 'beside a LEDGER.head that cannot be opened');
is(slurp("$d/b"), $lines[0], 'changes nothing');
is(ctl('erase', '--secret', "$d/key", '--id', (split /\./, $value)[5],
       "$d/none", "$d/ledger"), 2, 'when an older part is not there');
is(slurp("$d/ledger"), join('', @lines), 'neither');


# --- rules

is(ctl('check', '--block', 'necessary a.example', 'https://a.example/'), 2,
   'necessary is never blocked');
is(ctl('check', '--list', "$d/none", 'https://a.example/'), 2,
   'a list that is not there');
is(ctl('check', (map { ('--block', "own$_ a.example") } 1 .. 13),
       'https://a.example/'), 2, 'more categories than there can be');
like($out, qr/there can be 16 categories/, 'says how many');
is(ctl('check', '--list-category', '', 'https://a.example/'), 2,
   'a category without a name');

my $list = $t->file('list', "||a.example^\n");
is(ctl('check', (map { ('--list', $list) } 1 .. 40), 'https://a.example/'), 2,
   'more lists than there can be');
is(ctl('check', '--list-category', 'functional', '--list', $list,
       '--no-catalog', 'https://a.example/'), 1, '--list-category');
like($out, qr/until "functional" is allowed/, 'says what the list is of');
is(ctl('check', '--third-party', 'marketing', '--type', 'image',
       'https://unnamed.example/x.gif'), 0, 'an image nobody names');
like($out, qr/not: consent_third_party, which is for scripts and frames/,
     'passes, and it is said why');
is(ctl('check', '--third-party', 'marketing', '--page',
       'https://own.example/', 'https://own.example/x.js'), 0,
   'a script of the site itself');
like($out, qr/not: consent_third_party, it is the site's own/, 'as well');


# --- text from elsewhere: UTF-8 is shown, what is broken or commands is not

my $good = "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";
my $bad = "\xff(\xc3(\xed\xa0\x80(\xf4\x90\x80\x80(\xe2\x82(\xc2\x9b(\e[2J";

is(ctl('cookie', "v1.k.$good$bad.f.1.id.mac"), 0, 'a cookie of any bytes');
like($out, qr/^revision  \Q$good\E\?+\(/m, 'letters are shown');
unlike($out, qr/[\xff\x1b]|\xed\xa0|\xf4\x90|\xc2\x9b/,
       'what is no UTF-8, or would command a terminal, is not');

my $page = $t->file("a$good\"\\$bad.html",
                    "<script src='https://unknown.example/x'></script>");
is(ctl('scan', '--third-party', 'marketing', '--json', $page), 1,
   'a page whose name is any bytes');
my $json = eval { decode_json($out) };
ok($json, 'is JSON all the same') or diag($@);
like($json->{file}, qr/a\x{e4}\x{20ac}\x{1f600}"\\\x{fffd}\(\x{fffd}\(/,
     'with the letters, and a mark for what is none');
like($json->{file}, qr/\e\[2J\.html$/, 'and the rest escaped');

is(ctl('scan', '--all', $page), 0, 'what passes, shown by --all');
like($out, qr/^1:1 +script src +- /m, 'has no category');

is(ctl('scan', '--charset', 'utf-16le', $page), 1, '--charset of another kind');
like($out, qr/cannot be read/, 'cannot be read');
is(ctl('scan', '--json', '--charset', 'utf-16le', $page), 1, 'as JSON');
is(eval { decode_json($out)->{undecodable} }, JSON::PP::true, 'it says so');

my $xml = $t->file('page.xhtml', '<html xmlns="http://www.w3.org/1999/xhtml">'
    . '<body><script><![CDATA[</script>]]></script>'
    . '<script src="https://unknown.example/x.js"/></body></html>');
is(ctl('scan', '--xhtml', '--third-party', 'marketing', $xml), 1, '--xhtml');
like($out, qr/script src .*unknown\.example/, 'reads by XML\'s rules');

my $tags = $t->file('tags.html', join "\n", map {
    "<script src=https://u$_.example/></script>" } 1 .. 200);
is(ctl('scan', '--third-party', 'marketing', $tags), 1, 'two hundred scripts');
like($out, qr/: 200 would be blocked/, 'are all counted');

done_testing();
