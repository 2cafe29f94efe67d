#!/usr/bin/perl

# Documents that were made to slip a tracker past: each with what a browser
# would load, and none of it is let through.  What Chromium makes of each was
# tried once (those marked "inert" it does not load, and they stay).

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;
my $ctl = Test::Consent->build . '/consentctl';
my $T = 'https://tracker.test';

# the page, and how many of what loads is to be blocked

my @pages = (

    # hosts in the page's own charset, or in one that is guessed; to IDNA,
    # full-width letters and the like are ASCII

    [ 'a host in windows-1252', 1,
      qq{<meta charset=windows-1252><img src="//tr\xaacker.test/a">} ],
    [ 'a soft hyphen in one, and a reference', 1,
      qq{<meta charset=iso-8859-1><img src="//tra\xadcker.te&#x17f;t/b">} ],
    [ 'a host in Shift_JIS', 1,
      qq{<meta charset=shift_jis><img src="//\x82\x94racker.test/a">} ],
    [ 'a host in GBK, dot and all', 1,
      qq{<meta charset=gb2312><img src="//tracker\xa1\xa3\xa3\xf4est/a">} ],
    [ 'in a style sheet', 1,
      qq{<meta charset=gbk><style>p{background:url(//\xa3\xf4racker.test)}}
      . '</style>' ],
    [ 'in a charset that nobody names', 1,
      qq{<img src="//tr\xaacker.test/a">} ],
    [ 'in a document in an attribute', 1,
      qq{<meta charset=euc-kr><iframe srcdoc="<img src=//\xa3\xf4racker.}
      . 'test>"></iframe>' ],
    # the preload scanner knows no CDATA, but <image>, with or without SVG

    [ '<image> in CDATA that does not end', 3,
      "<svg><![CDATA[</svg><image src=$T/a><image href=$T/b>"
      . "<image xlink:href=$T/c>" ],

    [ "a scanner's SVG ends with less", 4,
      "<svg></p><script href=$T/a></script></svg><svg><desc><script "
      . "xlink:href=$T/b></script></desc></svg><svg><![CDATA[<a><script "
      . "href=$T/c></script>]]></svg><svg><script href=$T/d></script></svg>" ],

    # a base that only some readers have

    [ 'a base that resolves nothing, and a style: one for each reader', 2,
      "<math><style><base href=x:y> \@import '//tracker.test';" ],
    [ 'a base of a scheme of its own', 2,
      "<math><style><base href=x://y/> \@import '//tracker.test';" ],
    [ 'a base without scripting', 1,
      '<noscript><base href=https://cdn.test/t/></noscript><img src=px>' ],

    # the outermost of many style sheets in SVG is not waited for

    [ 'a sheet around many: two cannot be waited for', 2,
      '<svg>' . '<style><g>' x 6 . '</g></style>' x 5
      . "</g>\@import '$T/a';</style></svg>" ],

    # what a script writes may be the begin of something, or not

    [ 'a "<" that a script writes', 1,
      "<script>document.write('<')</script>--><img src=$T/a>" ],
    [ 'what is no UTF-8 is no host in UTF-8', 0,
      qq{<meta charset=utf-8><img src="//tr\xaacker.test/a">} ],
);

for my $case (@pages) {
    my ($name, $want, $page) = @$case;

    my $out = $t->run($ctl, 'scan', '--no-catalog', '--block',
                      'marketing tracker.test', '--block',
                      'marketing cdn.test/t/px', '--block',
                      'marketing inline:~TRACKER-INLINE',
                      $t->file('page.html', $page));
    my ($got) = $out =~ /: (\d+) would be blocked/;

    is($got // 0, $want, $name) or diag($out);
}

done_testing();
