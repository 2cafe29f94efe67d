#!/usr/bin/perl

# Wherever a page is cut on its way, the same leaves: whole, byte by byte, and
# in two pieces at every place.  A page of all that matters here, and documents
# of the test data: a sample, or all of them with CONSENT_FULL.

use lib 't/lib';
use Test::Consent;

use JSON::PP;
use MIME::Base64;

my $root = Test::Consent->root;
my $tool = Test::Consent->build . '/tools/splits';
my $made = `make -s -C $root BUILD=@{[ Test::Consent->build ]} $tool 2>&1`;
Test::More::BAIL_OUT("no $tool: $made") unless -x $tool;

my $T = 'https://tracker.test';

my $page = <<"PAGE";
<!DOCTYPE html><html lang=en><head><meta charset="utf-8"><title>a<script
 src="$T/no.js"></script></title><script async src='$T/a.js' type=module>
</script><script>var s = "<!--<script>"; new Image().src = "$T/b";</script>
--></script><style>\@import "$T/c.css"; p { background: url( '$T/d' ) }
</style><link rel="pre\nload stylesheet" href=&#x68;ttps:/\\tracker.test/e>
<noscript><img src="$T/f"></noscript><base href="/x/"></head><body
 background="$T/g"><p title="</noscript><img src=$T/h>">t<b><i>x</b>y</i>
<svg><title><img src=$T/i></title><style>\@import "$T/j";</style><script>a =
 "$T/k"</script><![CDATA[<img src=$T/l>]]><foreignObject><p></svg><table><td>
<select><option>a<xmp><img title="</xmp></select><img src=$T/m>"></xmp></select>
</table><iframe srcdoc="&lt;img src=$T/n>"></iframe><!-- <img src=$T/o> --!>
<img src src="$T/p" srcset="a 1x, $T/q 2x" style="background:ur\\6c($T/r)">
<script>document.write('<!--')</script><img src=$T/s>--><a ping="$T/t" href=u>v
</a><template><img src=$T/w></template><textarea><img src=$T/x></textarea>
<math><mi><mglyph><img src=$T/y></math><plaintext><img src=$T/z>
PAGE

my $got = run($tool, [ $page, 'utf-8', 1 ], [ $page, '-', 1 ]);
my $want = 'ok ' . (length($page) - 1);

is($got->[0], $want, 'a page of everything: the same, cut anywhere');
is($got->[1], $want, 'and where the header names no charset');

my $data = test_data('evasions');

SKIP: {
    skip 'no test data: CONSENT_TEST_DATA names its folder', 2 unless $data;

    for my $kind (qw(cases controls)) {
        my ($n, $cuts, @docs, @id, @bad) = (0, 0);

        for (split /\n/, slurp("$data/$kind.jsonl")) {
            next if $n++ % 23 && !$ENV{CONSENT_FULL};

            my $d = decode_json($_);
            my $body = decode_base64($d->{body});
            my ($charset) = ($d->{headers}{'content-type'} // '')
                            =~ /charset=["']?([\w-]+)/i;
            my $step = length $body < 3000 ? 1
                     : $ENV{CONSENT_FULL} ? 1 + int(length($body) / 1000)
                     : 1 + int(length($body) / 50);

            push @docs, [ $body, $charset // '-', $step ];
            push @id, $d->{id};
        }

        my $got = run($tool, @docs);

        for (0 .. $#docs) {
            $cuts += $1 if $got->[$_] =~ /^ok (\d+)/;
            push @bad, "$id[$_]: $got->[$_]" if $got->[$_] !~ /^ok/;
        }

        is(join("\n", @bad[0 .. ($#bad < 9 ? $#bad : 9)]), '',
           "$kind: " . @docs . " documents, $cuts cuts");
    }
}

done_testing();


sub run {
    my ($tool, @docs) = @_;

    my $file = File::Temp->new;
    binmode $file;
    print $file length($_->[0]) . " $_->[1] $_->[2]\n$_->[0]" for @docs;
    close $file;

    my @out = split /\n/, `$tool < $file`;
    push @out, 'nothing' while @out < @docs;

    return \@out;
}
