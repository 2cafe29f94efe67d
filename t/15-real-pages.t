#!/usr/bin/perl

# Real pages, as servers sent them: each gets a notice, leaves whole, keeps
# every byte that is not meant to change, and keeps no tracker of the catalog
# live.  (CONSENT_PAGES=n takes every n-th page only.)

use lib 't/lib';
use Test::Consent;

my $dir = test_data('pages');
plan(skip_all => 'no test data: CONSENT_TEST_DATA names its folder')
    unless $dir;

my $t = Test::Consent->new;
my $ctl = Test::Consent->build . '/consentctl';

my @pages;
open(my $index, '<', "$dir/index.tsv") or die;
while (<$index>) {
    chomp;
    my @f = split /\t/;
    push @pages, [ @f ] if $f[0] =~ /\.html$/ && -f "$dir/$f[0]";
}

my $every = $ENV{CONSENT_PAGES} || 1;
@pages = @pages[grep { $_ % $every == 0 } 0 .. $#pages];

symlink $dir, $t->dir . '/html/pages';

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    location /pages/ { }
    location /latin/ { alias %%DIR%%/html/pages/; charset windows-1252; }
}) if $t->file('key', 'a1' x 32 . "\n", 0600);

my $accept = $t->choose('accept');

for (@pages) {
    my ($file, $url, $charset) = @$_;

    my $in = slurp("$dir/$file");
    my $r = $t->get("/pages/$file");
    my $out = $r->body;

    subtest $file => sub {
        is($r->status, 200, 'comes');
        ok($r->complete, 'comes to its end');

        my $n = () = $out =~ /<section\b[^>]*\bid="privacy-choices"/g;
        is($n, 1, 'one notice');

        $n = () = $out =~ /<nav\b[^>]*\bid="privacy-choices-links"/g;
        is($n, 1, 'the links once');

        my $why = difference($in, $out);
        is($why, undef, 'no byte changed but what is meant');

        $out = $t->get("/pages/$file", cookie => $accept)->body;
        is($t->without_insertions($out) eq $in, 1,
           'with consent the page byte for byte');
    };
}


# Walks both and allows only: insertions of ours; what makes a url() in a
# style sheet load nothing; an attribute renamed to
# data-*; type, data-type, data-category, data-consent added or changed in
# a tag that has data-consent="blocked".  undef, or where it differs.

sub difference {
    my ($in, $out) = @_;

    $out = $t->without_insertions($out);

    # a url() in a style sheet is made to load nothing

    $out =~ s/about:invalid#//g if $in !~ /about:invalid#/;

    my ($i, $o) = (0, 0);

    while (1) {
        # a common run, quickly
        my $a = substr($in, $i);
        my $b = substr($out, $o);
        my $x = $a ^ $b;
        $x =~ /^\0*/;
        my $same = $+[0];
        my $min = length $a < length $b ? length $a : length $b;

        return undef if $same >= length $a && $same >= length $b;

        # back to the start of the tag where they part
        my $at = $same < $min ? $same : $min;
        my $start = rindex(substr($b, 0, $at + 1), '<');
        $start = rindex(substr($b, 0, $at), '<') if $start < 0;
        return place($in, $i + $at, $b, $at) if $start < 0;

        my $tag = tag_at($b, $start);
        my $orig = tag_at($a, $start);
        return place($in, $i + $at, $b, $at)
            unless defined $tag && defined $orig;
        return place($in, $i + $at, $b, $at)
            unless $tag =~ /data-consent="blocked"/;

        my $bad = compare_tags($orig, $tag);
        return $bad if defined $bad;

        $i += $start + length $orig;
        $o += $start + length $tag;
    }
}

sub place {
    my ($in, $i, $b, $at) = @_;
    return "at $i: \"" . substr($in, $i > 60 ? $i - 60 : 0, 120)
           . "\" became \"" . substr($b, $at > 60 ? $at - 60 : 0, 160) . '"';
}

sub tag_at {
    my ($s, $i) = @_;
    pos($s) = $i;
    return $s =~ m{\G(<[a-zA-Z][^\s/>]*(?:[^>"'=]|=\s*(?:"[^"]*"|'[^']*'|[^\s>"']?)|["'])*>)}gc
           ? $1 : undef;
}

sub attrs {
    my ($tag) = @_;
    my @a;
    $tag =~ s/^<[^\s\/>]+//;
    $tag =~ s{/?>$}{};
    while ($tag =~ m{([^\s=/"'>][^\s=/>]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?}g) {
        my ($k, $v) = (lc $1, $2);
        $v //= '';
        $v =~ s/^(["'])(.*)\1$/$2/s;
        push @a, [ $k, $v ];
    }
    return @a;
}

sub compare_tags {
    my ($orig, $tag) = @_;

    my @o = attrs($orig);
    my @n = attrs($tag);
    my %left;
    push @{$left{$_->[0]}}, $_->[1] for @n;

    for my $a (@o) {
        my ($k, $v) = @$a;
        my $found = 0;

        for my $name ($k, "data-$k") {
            my $l = $left{$name} or next;
            for my $j (0 .. $#$l) {
                if ($l->[$j] eq $v) {
                    splice @$l, $j, 1;
                    $found = 1;
                    last;
                }
            }
            last if $found;
        }

        return "attribute $k lost: $orig became $tag"
            unless $found || $k =~ /^(style|ping|content|srcdoc|on\w+)$/;
    }

    for my $k (keys %left) {
        next unless @{$left{$k}};
        next if $k =~ /^data-(consent|category|type|rule|src|href|srcset|style|ping|content|srcdoc|on\w+)$/
                || $k =~ /^(type|src|style|content|srcdoc)$/;
        return "attribute $k appeared: $orig became $tag";
    }

    return undef;
}

# what the catalog knows, by consentctl, must not be left live

SKIP: {
    skip 'no consentctl scan', 1 unless -x $ctl
        && $t->run($ctl, 'scan', '--help') =~ /scan/;

    my @live;

    for (@pages) {
        my $file = $_->[0];
        my $out = $t->get("/pages/$file")->body;
        my $path = $t->file('scan.html', $out);
        my $said = $t->run($ctl, 'scan', '--json', $path);
        push @live, "$file: " . substr($said, 0, 300)
            if $? != 0 && $said !~ /"blocked"\s*:\s*\[\s*\]|^\[\s*\]$/;
    }

    is_deeply([ splice @live, 0, 5 ], [], 'nothing of the catalog is live');
}

done_testing();
