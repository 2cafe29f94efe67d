#!/usr/bin/perl

# Documents that were made to slip a tracker past: each with what a browser
# would load, and none of it is let through.  What Chromium makes of each was
# tried once (those marked "inert" it does not load, and they stay).

use lib 't/lib';
use Test::Consent;

use MIME::Base64;

my $t = Test::Consent->new;
my $ctl = Test::Consent->build . '/consentctl';
my $T = 'https://tracker.test';

sub utf16 { return $_[0] =~ s/(.)/$1\0/gsr }

sub nested {
    my ($n) = @_;
    return "$T/a" if $n == 0;
    my $in = nested($n - 1);
    $in =~ s/%/%25/g;
    $in =~ s/"/%22/g;
    return "data:text/html,<iframe src=%22$in%22></iframe>";
}

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

    # one attribute twice: the second is not the parser's, but a scanner's

    [ 'a second address in SVG', 5,
      "<svg><image href=# href=$T/a></image>"
      . "<image xlink:href=/o xlink:href=$T/b></image>"
      . "<script href=/o href=$T/c></script>"
      . "<desc><script href=/o href=$T/d></script></desc></svg>"
      . "<p><svg></p><image href=/o href=$T/e>" ],
    [ 'a second address of an image preloaded', 1,
      "<link rel=preload as=script as=image href=/o href=$T/a>" ],
    [ 'a second srcset, as the first has no candidate', 1,
      "<picture><source srcset=, srcset=$T/a><img></picture>" ],

    # the preload scanner knows no CDATA, but <image>, with or without SVG

    [ '<image> in CDATA that does not end', 3,
      "<svg><![CDATA[</svg><image src=$T/a><image href=$T/b>"
      . "<image xlink:href=$T/c>" ],

    [ 'CDATA that is none, as <head> ends SVG, too', 1,
      "<svg><head><![CDATA[x><table background=$T/a>]]>" ],

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

    # deeper than is remembered, so that it may be SVG or not: made HTML by what
    # is put in, in which the style sheet loads nothing

    (map { my ($deep, $in) = @$_; map {
             [ "deep in $in: $_->[0]", $_->[1], $deep . $_->[2] ] }
         [ 'CDATA', 1, "<![CDATA[><iframe src=$T/a></iframe>]]>" ],
         [ 'a comment in a script', 1,
           "<script>a='<!--'</script><iframe src=$T/a></iframe><p>-->" ],
         [ 'a style sheet', 0, "<style><img src=$T/a></style>" ] }
         [ '<div>' x 1500 . '</div>' x 1300 . '<svg></div>', 'elements' ],
         [ '<x-a>' x 1500 . '</x-a>' x 1300 . '<math></x-a>', 'unknown ones' ],
         [ '<a>' . '<div>' x 1500 . '<svg></a>', 'a link' ],
         [ '<svg>' . '<g>' x 1500 . '</g>' x 1300, 'SVG' ]),
    [ 'deep in a document in an attribute', 1, '<iframe srcdoc="'
      . '<div>' x 1500 . '</div>' x 1300 . '<svg></div><p>"></iframe>' ],

    # what a script writes may be the begin of something, or not

    [ 'a "<" that a script writes', 1,
      "<script>document.write('<')</script>--><img src=$T/a>" ],
    [ 'what is no UTF-8 is no host in UTF-8', 0,
      qq{<meta charset=utf-8><img src="//tr\xaacker.test/a">} ],

    [ 'a script of SVG, of whatever type: its file is asked for', 2,
      "<svg><script type=text/plain href=$T/a></script>"
      . "<script xlink:href=$T/a type=x></script></svg>" ],
    [ 'one of HTML is not', 0, "<script type=text/plain src=$T/a></script>" ],

    # what is in a URL itself

    [ 'a sheet in a data: URL, as text, in percents, in base64', 3,
      join '', map { qq{<link rel=stylesheet href="data:text/css$_">} }
          ",\@import '$T/a'", ",%40import%20'$T/b'",
          ';base64,' . encode_base64("p{background:url($T/a?>>>???)}", '') ],
    [ 'one whose URL has no scheme: there is a page around it', 3,
      join '', map { "<link rel=stylesheet href='data:text/css,p{b:$_}'>" }
          'url("//tracker.test/a")', 'url(//tracker.test/b)',
          'url(http:/tracker.test/c)' ],
    [ 'a sheet there that loads nothing, or is none', 0,
      join '', map { qq{<link rel=stylesheet href="data:$_">} }
          'text/css,p{color:red}', 'text/css', '' ],
    [ 'a document in a data: URL that has scripts, whatever they do', 4,
      '<iframe src="data:text/html,<p><script>go()</script>"></iframe>'
      . '<iframe src="data:text/html,<p onclick=go()>x"></iframe>'
      . '<object data="data:image/svg+xml,<svg><script>go()</script></svg>">'
      . '</object><embed src="data:text/html;base64,'
      . encode_base64('<a><script>go()</script>', '') . '">' ],
    [ 'one in a string that a javascript: URL gives', 1,
      q{<iframe src="javascript:'<script>go()</script>'"></iframe>} ],
    [ 'one that has none, and a picture in which none runs', 0,
      '<iframe src="data:text/html,<p>x"></iframe>'
      . '<img src="data:image/svg+xml,<svg><script>go()</script></svg>">' ],
    [ 'a sheet that a sheet has in itself, in all spellings', 5,
      '<style>' . join('', map { "\@import $_;" }
          "'data:text/css,\@import \"$T/a\"'", "url('data:,\@import \"$T/a\"')",
          "url(data:text/css,\@import%20%22$T/a%22)",
          "'d\\61\nta:text/css;base64," . encode_base64("\@import '$T/a'", '')
          . "'", "'data:text/css,/*" . 'a' x 9_000 . "*/\@import \"$T/a\"'")
      . '</style>' ],
    [ 'one that loads nothing, and pictures that could be sheets', 0,
      "<style>\@import 'data:text/css,p{color:red}';"
      . "p{background:url('data:text/css,\@import \"$T/a\"')}</style>" ],
    [ 'a long URL in a sheet: its host counts, and that it is not told', 9,
      join '', map { "<style>a{$_}</style>" } (map { "b:url($_)" }
          "$T/" . 'a' x 5_000, '"' . "$T?" . 'a' x 1_500 . '"',
          $T . '\\2f ' x 600, 'https:' . '/' x 2_000 . 'tracker.test/',
          'https://' . 'u' x 600 . '@tracker.test/', '\\09' x 2_000 . $T,
          '"' . "\\\n" x 2_000 . $T . '"', '"h' . '\\9 ' x 900
          . 'ttps://tracker.test"'), '--b:"' . '\\9 ' x 900 . "$T\"" ],
    [ 'no other, nor a picture in itself, however long', 0,
      '<style>' . join('', map { "a{background:url($_)}" }
          '/' . 'a' x 5_000, '"https://own.test/' . 'a' x 1_500 . '"',
          'data:image/png;base64,' . 'AAAA' x 2_000)
      . "a{--b:'" . 'words ' x 500 . "'}</style>" ],

    # the preload scanners' @import: no escapes, and hardly any syntax. The host
    # is tracker.test to one at least of Chromium, WebKit and Firefox

    (map { [ "a preload scanner reads $_->[0]", $_->[1] // 1,
             "<style>$_->[2]</style>" ] }
        [ 'no escapes', 6, join '', map { "\@import $_;" }
              'url(http:\/tracker.test/a)', '"\\\\tracker.test/a"',
              'url(/\tracker.test/a)', "'/\\tracker.test/a'",
              'url("\\\\tracker.test/a")', 'URL( "/\tracker.test/a" )' ],
        [ 'what has no quotes', 2, "\@import //tracker.test/a;"
              . "\@IMPORT \\\\tracker.test/b;" ],
        [ 'an @import in what is a string', 3, join '</style><style>',
              map { "$_;\@import '$T/a';\";" } '@charset "a', '@layer "a',
              '@import "a' ],
        [ 'a string over two lines', 1, qq{\@charset "\n"; \@import "$T/a";} ],
        [ 'an @import in what is a block', 1,
              qq{\@charset x{;\@import "$T/a";}} ],
        [ 'one in parentheses', 2, qq{\@import url(a) supports(;\@import "$T/a}
              . qq{";);</style><style>\@import url(b;\@import url($T/b););} ],
        [ 'one in a comment in a rule', 1,
              qq{\@import /*;\@import "$T/a";*/ "b";} ],
        [ 'what is no url( for a quote', 1, qq{\@import url($T/"a);} ],
        [ 'a comment that ends elsewhere', 1,
              qq{/***/a{/*/\@import "$T/a";*/}} ],
        [ 'an "url" in disguise', 1, qq{\@import urxl(/\\tracker.test/a);} ],
        [ 'on behind a "{"', 1, '@import url( {/a) x;@import /\\\\tracker.test;' ],
        [ 'what is long', 1, '@import "/\\tracker.test/' . 'a' x 5_000
              . '";' ],
        [ 'what does not end', 1, '@import url(/\\tracker.test/a' ],
        [ 'in SVG, too', 1, '</style><svg><style>@import url(&quot;'
              . '/\\tracker.test/a&quot;);</style></svg>' ],
        [ 'what is of the own host', 0, join '', map { "\@import $_;" }
              '"/a"', 'url(b)', '"/a\\/b"', "'//own.test/\\2f'", '"\\61"' ],
        [ 'what is in a comment, or behind a rule', 0,
              "/* \@import '$T/a'; */ a{b:c} a'\@import url(/\\tracker.test);'" ],
        [ 'once what is in CSS, too', 3, join '', map { "\@import $_;" }
              "'$T/a'", "url($T/b)", qq{url( "$T/c" ) print} ],
    ),
    [ 'what is relative elsewhere, as the scheme is the same', 3,
      '<iframe src="data:text/html,<img src=http:/tracker.test/a>"></iframe>'
      . '<iframe src="data:text/html,<base href=http:tracker.test><img src=a>'
      . '"></iframe><link rel=stylesheet href="data:text/css,@import '
      . "'http:/tracker.test/a'\">" ],
    [ 'a document in one, but no picture, no film, no sound', 1,
      join '', map { qq{<iframe src="data:$_,<img src=$T/a>"></iframe>} }
          'text/html', 'image/png', 'video/mp4', 'audio/ogg' ],
    [ 'XML in one, by its rules', 5,
      join '', map { qq{<iframe src="data:$_"></iframe>} }
          "text/xml,<x xmlns:h='http://www.w3.org/1999/xhtml'><h:img src='$T/a'/></x>",
          'application/xhtml+xml;x=y,<html xmlns=\'http://www.w3.org/1999/xhtml\'>'
          . "<title><img src='$T/a'/></title></html>",
          "text/xml,<?xml-stylesheet href='$T/a'?><x/>",
          "text/xsl,<x xmlns:h='http://www.w3.org/1999/xhtml'><h:img src='$T/a'/></x>",
          "image/svg+xml,<!DOCTYPE x [<!ENTITY a '$T/a'>]><x/>" ],
    [ 'what is in one is in another charset', 6,
      join '', map { "<$_->[0]" . encode_base64($_->[1], '')
                     . '"></iframe></script>' }
          [ 'iframe src="data:text/html;charset=utf-16le;base64,',
            utf16("<img src=$T/a>") ],
          [ 'iframe src="data:text/html;base64,', "\xff\xfe" . utf16("<img src=$T/a>") ],
          [ 'link rel=stylesheet href="data:text/css;charset=utf-16le;base64,',
            utf16("\@import '$T/a'") ],
          [ 'script charset=utf-16le src="data:text/javascript;base64,',
            utf16('TRACKER-INLINE') ],
          [ 'iframe src="data:text/html;charset=iso-2022-jp;base64,',
            "\e\$B<!--\e(B<img src=$T/a>" ],
          [ 'link rel=stylesheet href="data:text/css;charset=Shift_JIS;base64,',
            "a{b:'\x81\\'}\@import '$T/a'" ] ],
    [ 'or is no text', 0,
      join '', map { "<$_->[0]" . encode_base64($_->[1], '')
                     . '"></iframe></script>' }
          [ 'embed src="data:application/pdf;base64,', "%PDF-1.7\0\e" ],
          [ 'iframe src="data:text/html;charset=UTF-8;base64,', "\xc3\xa4<p>" ],
          [ 'iframe src="data:text/html;base64,', "\xe4<p>" ] ],
    [ 'and what is none of it', 0,
      join '', map { qq{<iframe src="data:$_"></iframe>} }
          'text/xml,<x><y>z</y></x>', "image/svg+xml,<?xml version='1.0'?><svg/>" ],
    [ 'one in one in one: nobody nests that deep', 1,
      '<iframe src="' . nested(6) . '"></iframe>' ],

    # what is too long to be held, and to be read up to its end

    (map { my $n = $_; map { [ "$n bytes: $_->[0]", 1,
             "<$_->[0]" . 'a' x $n . "$_->[1]\">" ] }
         [ 'iframe src="data:text/html,', "<img src=$T/a>" ],
         [ 'iframe src="data:text/html;x=', ",<img src=$T/a>" ],
         [ 'iframe srcdoc="', "<img src=$T/a>" ],
         [ 'iframe src="javascript:/*', '*/TRACKER-INLINE' ],
         [ 'object data="data:text/html,', "<img src=$T/a>" ],
         [ 'link rel=stylesheet href="data:text/css,/*',
           "*/\@import '$T/a'" ],
         [ 'script src="data:text/javascript,/*', '*/TRACKER-INLINE' ],
         [ 'p style="a:b;/*', "*/background:url($T/a)" ],
         [ 'p onclick="/*', '*/TRACKER-INLINE' ],
         [ 'a href="/" ping="/', " $T/a" ],
         [ 'img srcset="data:image/gif,', " 1x, $T/a 2x" ] } 9_000, 200_000),
    [ 'a picture in a data: URL, of any length, loads nothing', 0,
      '<img src="data:image/png,' . 'a' x 200_000 . '">' ],
    [ 'nor does a sheet, an address, a picture of less', 0,
      join '', map { "<$_" . 'a' x 9_000 . '">' }
          'link rel=stylesheet href="data:text/css,', 'iframe src="data:text/html,',
          'img srcset="data:image/gif,', 'p style="a:', 'a ping="/' ],
    [ 'a document that a javascript: URL gives, in percents', 1,
      qq{<iframe src="javascript:'%3Cimg src=$T/a%3E'"></iframe>} ],
    [ 'or takes from elsewhere', 15,
      join '', map { qq{<iframe name="&lt;img src=$T/a&gt;" src="javascript:$_"></iframe>} }
          'name', 'window.name', 'this[`name`]', "atob('PGI+')", 'parent.a.title',
          "unescape('%253Cb%253E')", 'document.write(name)', 'void eval(name)',
          q{'\\x3cb>'}, q{'<im'+'g>'}, q{'<!--','<b>'}, '`${name}`',
          q{//&#10;'%0Aname//'}, '/**/name', "'<im&#10;g>'" ],
    [ 'and none that gives nothing, or says it', 0,
      join '', map { qq{<iframe src="$_"></iframe>} }
          'javascript:', ' JavaScript:void(0);', 'javascript:void%200', 'javascript:false',
          "javascript:''", 'javascript:&quot;<p>text</p>&quot;', 'javascript:;', 'javascript://',
          'javascript:// x', 'javascript:alert(1)', 'javascript:history.back()', "javascript:void((function(){document.open();document.domain='a.test';"
          . "document.close();})())" ],
    [ 'where no frame is, it waits for a click', 0,
      '<a href="javascript:name">x</a><form action="javascript:name"></form>' ],

    # redirections by <meta>, as the standard reads them

    (map { [ "refresh: $_->[1]", $_->[0],
             qq{<meta http-equiv=refresh content="$_->[1]">} ] }
         [ 1, "0;url='$T/a'" ], [ 1, " 1.5 , url = '$T/a' more" ],
         [ 1, "0;url='$T/a" ], [ 1, ".5;$T/a" ], [ 1, "0 $T/a" ],
         [ 0, "soon;url=$T/a" ], [ 0, "0x;url=$T/a" ], [ 0, '0' ]),

    # what makes a script one

    (map { [ "a script, $_->[1]", $_->[0],
             "<script $_->[1]>TRACKER-INLINE</script>" ] }
         [ 1, 'type=" text/javascript&#10;"' ], [ 1, 'type' ],
         [ 1, 'language=""' ], [ 0, 'type="text/javascript;x"' ],
         [ 0, 'type=text/plain' ], [ 1, 'language=JavaScript1.5' ]),
    [ 'a script that the page wants left alone', 0,
      '<script data-consent=ignore>TRACKER-INLINE</script>' ],

    # lists that a script has for the browser

    [ 'a bundle of a tracker', 1,
      qq{<script type=webbundle>{"source":"$T/a","resources":["/b"]}</script>} ],
    [ 'links that are to be fetched, wherever they lead', 3,
      join '', map { "<script type=speculationrules>{$_}</script>" }
          '"prefetch":[{"source":"document"}]', '"prerender":[{"where":{}}]',
          '"prefetch":[{"where":{"not":{"href_matches":"/out/*"}}}]' ],
    [ 'some of them', 0,
      '<script type=speculationrules>{"prefetch":[{"source":"document","where":'
      . '{"and":[{"not":{"href_matches":"/out"}},{"href_matches":"/*"}]}}]}'
      . '</script>' ],
    [ 'a socket', 2, join '', map { "<script>new WebSocket('$_')</script>" }
          'wss://tracker.test/a', 'ws://tracker.test/a', 'wss://own.test/a' ],
    [ 'what an animation sets, as an URL and in CSS', 4,
      '<svg>' . join('', map { "<image><$_/></image>" }
          "set attributeName=href to=$T/a", "set attributeName=mask to=url($T/a#x)",
          "animate attributeName=clip-path values='none;url(\"$T/a#x\")'",
          "animate attributeName=marker-start from=none to=u&#x72;l($T/a)",
          'set attributeName=mask to=url(#x)') . '</svg>' ],
    [ 'a picture behind a column', 2,
      "<table><colgroup background=$T/a><col background=$T/b></table>" ],

    [ 'an icon that only Firefox asks for', 2, "<link rel=fluid-icon href=$T/a>"
      . "<link rel=mask-icon href=$T/b>" ],

    # pictures by what is known of the screen

    [ 'descriptors with commas in parentheses', 1,
      qq{<img srcset="/a f(1, $T/b) 1x, $T/c 2x">} ],
    [ 'a picture in <input>, not in other kinds', 1,
      "<input type=image src=$T/a><input type=text src=$T/b>" ],

    # a paragraph that a table does not end, in old documents

    [ 'a document of HTML 2.0', 1,
      '<!doctype html public "-//IETF//DTD HTML 2.0//EN"><p><table><td>'
      . "<img src=$T/a>" ],

    # a handler of XML is none with a prefix, and is one in HTML

    [ 'a script writes an element by halves', 1,
      "<script>document.write('<svg><![CDATA[x]]></svg><im')</script>"
      . "<script>document.write('g src=$T/a>')</script>" ],
    [ 'a script in SVG writes, and SVG does not end where it seems', 1,
      "<svg><script>document.write('&lt;svg>&lt;style>')</script></svg>"
      . "<xmp><img src=$T/a></xmp>" ],
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

# A script has left a tag half written, and what follows is read in two ways.
# What is put in is to change neither: no value ends by it, no name loses one.

my %page = (
    value => qq{'<m c="')</script><script>'<img src=$T/a>'</script>},
    ends  => qq{'<m c="')</script><script o="><!--">'<img src=$T/a>'</script>},
    name  => qq{'<m')</script> <script ="><img src=x: onerror=import('$T/a')>},
    names => qq{'<m')</script> <script =a="b c" =d = e ='f' =g>}
             . "import('$T/a')</script>",
    held  => "'<m')</script><!--i><script onload=import('$T/a')>"
             . qq{document.write('<m c="')</script><img src=$T/b>},
    kept  => "'<i a=')</script><script>document.write('<b><sty'+'le>')</script>"
             . "<title></style><img src=$T/b></title>",
    never => "'<m')</script><script><p>document.write('>')</script>"
             . "<script>document.write('<style><svg>')</script><style>"
             . "<image href=$T/b></image></style>",
);

$t->file("html/$_.html", "<!doctype html><title>t</title><script>"
         . "document.write($page{$_}") for keys %page;

$t->server('consent on; consent_block marketing tracker.test;
           location ~ /(value|ends|names?|held) { consent_guard off; }');

my %got = map { $_ => $t->get("/$_.html")->body } keys %page;

like($got{value}, qr/<m c="'\)<\/script><script[^">]+>'<img/,
     'a script in what is a value to another reader gets no quotes');
like($got{ends}, qr/<script[^">]+data-consent=blocked[^">]* o="><!--">/,
     'nor does one in which that value ends');
like($got{name}, qr/<script =" [^">]*data-consent=blocked[^">]*>/,
     'what is a value to another reader keeps its name');
like($got{names}, qr/<script =a="b c" =d = e ='f' =g [^>]*data-consent=blocked/,
     'and so do more of them, with values of their own');
like($got{held}, qr/<img [^>]*data-consent="blocked"[^>]* data-src=/,
     'what a script that is withheld would write hides nothing');

like($got{kept}, qr/<img [^>]*data-consent="?blocked"?[^>]* data-src=/,
     'what the guard keeps of a tag is written with what ends it');
like($got{never}, qr/<image [^>]*data-consent="?blocked"?[^>]* data-href=/,
     'a script with an error in it writes nothing');

done_testing();
