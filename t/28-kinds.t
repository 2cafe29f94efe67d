#!/usr/bin/perl

# What browsers make of a body, whatever it is called: without a usable type
# they look for HTML in it, XML may run scripts, and a charset decides which
# bytes are a "<".  All of it is read as they do, or closed; none is left open.

use lib 't/lib';
use Test::Consent;

my $T = 'https://tracker.test';
my $t = Test::Consent->new;

my $html = "<!doctype html><title>t</title><p>x<img src=\"$T/p.gif\">";
my %doc;

# name => [ headers, body ]

sub doc { my ($name, $head, $body) = @_; $doc{$name} = [ $head, $body ]; }

# types that browsers take for HTML when it looks like it

my %sniffed = (
    'no type' => [],
    'an empty type' => [ 'Content-Type: ' ],
    'no subtype' => [ 'Content-Type: text' ],
    'nothing before the slash' => [ 'Content-Type: /html' ],
    '*/*' => [ 'Content-Type: */*' ],
    'unknown/unknown' => [ 'Content-Type: unknown/unknown' ],
    'application/unknown' => [ 'Content-Type: application/unknown' ],
    'a type with a space in it' => [ 'Content-Type: text /html' ],
);

my $i = 0;
my (@sniffed, @plain);

for (sort keys %sniffed) {
    doc('s' . ++$i, $sniffed{$_}, " \n$html");
    doc("b$i", $sniffed{$_}, 'no page, but https://tracker.test/ is named');
    push @sniffed, [ $_, "s$i" ];
    push @plain, [ $_, "b$i" ];
}

for (['text/plain', 'Text/Plain'], ['application/json', 'application/json'],
     ['application/octet-stream', 'application/octet-stream'])
{
    doc('o' . ++$i, [ "Content-Type: $_->[1]" ], $html);
    push @plain, [ $_->[0], "o$i" ];
}

doc('upper', [ 'Content-Type: TEXT/HTML ; charset=utf-8' ], $html);

# XML

my $xml = "<?xml version=\"1.0\"?>\n"
    . '<html xmlns="http://www.w3.org/1999/xhtml" '
    . 'xmlns:xlink="http://www.w3.org/1999/xlink"><head><title>t</title>'
    . "<script src=\"$T/a.js\" type=\"text/javascript\"/>"
    . "<script data-src=\"own\" src='$T/b.js'></script>"
    . "<script>x(1 &lt; 2); new Image().src = '$T/c';</script>"
    . "<script><![CDATA[ new Image().src = '$T/d'; ]]></script></head><body>"
    . "<p>a<br/><img src=\"$T/e\" alt=\"&amp;\"/><!-- <img src='$T/no'/> -->"
    . '<h:img xmlns:h="http://www.w3.org/1999/xhtml" ' . "src=\"$T/f\"/>"
    . '<svg xmlns="http://www.w3.org/2000/svg"><image ' . "xlink:href='$T/g'/>"
    . "</svg><![CDATA[<img src='$T/no'/>]]></p></body></html>\n";

doc('xhtml', [ 'Content-Type: application/xhtml+xml' ], $xml);
doc('xhtml-on', [ 'Content-Type: application/xhtml+xml; charset=utf-8' ],
    $xml);

my %prolog = (
    'a style sheet' => [ 1, "<?xml-stylesheet href='$T/s'?>" ],
    'entities' => [ 1, "<!DOCTYPE html [<!ENTITY t '$T/'>]>" ],
    'more than can be waited for' => [ 1, '<!-- ' . 'x' x 1100 . ' -->' ],
    'a comment, a doctype' => [ 0, '<!-- <!DOCTYPE [ --><!DOCTYPE html PUBLIC '
                                . '"-//W3C//[DTD" "x">' ],
);
my @prolog = sort keys %prolog;

doc("xhtml-on$_", [ 'Content-Type: application/xhtml+xml; charset=utf-8' ],
    $xml =~ s/(?=<html)/$prolog{$prolog[$_]}[1]/r) for 0 .. $#prolog;

doc('xml' . ++$i, [ "Content-Type: $_" ],
    '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="x.xsl"?><a/>')
    for my @xml = ('text/xml', 'application/xml', 'application/rss+xml');

my @xmls = map { 'xml' . ($i - 2 + $_) } 0 .. 2;

# charsets

my %ascii = (
    'utf-8' => "\xc3\xa4\xe2\x82\xac", 'windows-1251' => "\xcf\xf0\xe8",
    'iso-8859-15' => "\xa4\xe4", 'koi8-r' => "\xf0\xd2", 'gbk' => "\x81\x5c\xc4",
    'gb18030' => "\x81\x30\x81\x30", 'big5' => "\xa5\x5c", 'euc-kr' => "\xb0\x41",
    'shift_jis' => "\x83\x5c\x95\x7c", 'euc-jp' => "\xa4\xa2");

for (sort keys %ascii) {
    (my $name = "c-$_") =~ tr/_/-/;
    my $x = $ascii{$_};
    doc($name, [ "Content-Type: text/html; charset=$_" ],
        "<!doctype html><title>$x</title><p title=\"$x\">$x"
        . "<img alt=\"$x\" src=\"$T/p.gif\">$x");
}

my $u16 = join '', map { "$_\0" } split //, $html;
my $jp = "<p>\x1b\$B\$3\x1b(B<img s\x1b(Jrc=\"$T/p.gif\">";

my @closed = (
    [ 'UTF-16, by its mark', [ 'Content-Type: text/html' ],
      "\xff\xfe$u16" ],
    [ 'UTF-16, by its mark, whatever the header says',
      [ 'Content-Type: text/html; charset=utf-8' ], "\xff\xfe$u16" ],
    [ 'UTF-16, the other way round', [ 'Content-Type: text/html' ],
      "\xfe\xff" . join('', map { "\0$_" } split //, $html) ],
    [ 'UTF-16, by the header', [ 'Content-Type: text/html; charset=UTF-16LE' ],
      $u16 ],
    [ 'ISO-2022-JP, by the header',
      [ 'Content-Type: text/html; charset="ISO-2022-JP"' ], $jp ],
    [ 'ISO-2022-JP, by <meta charset>', [ 'Content-Type: text/html' ],
      "<!doctype html><meta charset='iso-2022-jp'>$jp" ],
    [ 'ISO-2022-JP, by <meta http-equiv>', [ 'Content-Type: text/html' ],
      '<!doctype html><meta content="text/html; charset=csISO2022JP" '
      . "http-equiv=Content-Type>$jp" ],
    [ 'ISO-2022-JP, by an XML declaration', [ 'Content-Type: text/html' ],
      "<?xml version='1.0' encoding='iso-2022-jp'?>$jp" ],
    [ 'ISO-2022-JP, by its looks', [ 'Content-Type: text/html' ], $jp ],
);

doc("closed$_", @{$closed[$_]}[1, 2]) for 0 .. $#closed;

my @open = (
    [ "a mark of UTF-8 beats the header's UTF-16",
      [ 'Content-Type: text/html; charset=utf-16' ], "\xef\xbb\xbf$html" ],
    [ 'a header beats <meta>', [ 'Content-Type: text/html; charset=utf-8' ],
      "<!doctype html><meta charset=iso-2022-jp><img src=$T/p.gif>" ],
    [ '<meta charset=utf-16> is UTF-8 to browsers',
      [ 'Content-Type: text/html' ],
      "<!doctype html><meta charset=utf-16><img src=$T/p.gif>" ],
    [ 'what only begins like a mark is none', [ 'Content-Type: text/html' ],
      "\xff<img src=$T/p.gif>" ],
    [ 'a charset in a comment is none', [ 'Content-Type: text/html' ],
      "<!-- <meta charset=iso-2022-jp> --><img src=$T/p.gif>" ],
);

doc("open$_", @{$open[$_]}[1, 2]) for 0 .. $#open;

doc('late', [ 'Content-Type: text/html' ], '<!doctype html><!--' . 'x' x 1100
    . "--><meta charset=iso-2022-jp><img src=$T/p.gif>");

$t->upstream(sub {
    my ($c, $req) = @_;
    my ($name, $how) = $req->{uri} =~ m{/([\w-]+?)(\.bytes)?$} or return;
    my ($head, $body) = @{$doc{$name}};

    print $c "HTTP/1.1 200 OK\r\n"
        . join('', map { "$_\r\n" } @$head) . "Connection: close\r\n\r\n";

    if ($how) {
        for (split //, $body) {
            print $c $_;
            select undef, undef, undef, 0.001;
        }

    } else {
        print $c $body;
    }
});

$t->server(q{
    consent on;
    consent_banner off;
    consent_links off;
    consent_guard off;
    consent_catalog off;
    consent_block marketing tracker.test;
    location / { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /xhtml-on { consent_types text/html application/xhtml+xml;
                         proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /pass/ { consent_undecodable pass;
                      proxy_pass http://127.0.0.1:%%PORT1%%; }
});

my @nav = ('Sec-Fetch-Dest' => 'document');

for (@sniffed) {
    my $b = $t->get("/$_->[1]")->body;
    like($b, qr{ data-src="\Q$T\E/p.gif"}, "$_->[0]: what looks like a page is "
         . 'read as one');
}

for (@plain) {
    is($t->get("/$_->[1]")->body, $doc{$_->[1]}[1], "$_->[0]: no page is left "
       . 'as it is');
}

like($t->get('/upper')->body, qr{ data-src=}, 'a type in capitals is one');

# XML: closed, or read by its rules

my $r = $t->get('/xhtml', @nav);
is($r->body, $xml, 'XHTML that is not to be rewritten: left as it is');
like(csp($r), qr/default-src 'self'/, 'and closed to others');

for my $n (0 .. 2) {
    $r = $t->get("/$xmls[$n]", @nav);
    is($r->body, $doc{$xmls[$n]}[1], "$xml[$n]: left as it is");
    like(csp($r), qr/default-src 'self'/, "$xml[$n]: and closed to others");
}

my $x = $t->get('/xhtml-on')->body;
(my $seen = $x) =~ s/<!--.*?-->|<!\[CDATA\[<img.*?\]\]>//gs;

unlike($seen, qr{\s(?:src|xlink:href)=["']\Q$T}, 'XHTML: no tracker loads');
like($seen, qr{xlink:data-href='\Q$T\E/g'}, 'XHTML: prefixes stay prefixes');
is(() = $seen =~ /<script type="text\/plain"/g, 4,
   'XHTML: scripts, with a src and without, are withheld');
like($x, qr{<!\[CDATA\[<img src='\Q$T\E/no'/>\]\]>}, 'XHTML: CDATA is text');

for my $n (0 .. $#prolog) {
    for my $how ('', '.bytes') {
        my $r = $t->get("/xhtml-on$n$how", @nav);
        my ($closed) = @{$prolog{$prolog[$n]}};

        is(csp($r) =~ /default-src 'self'/ ? 1 : 0, $closed, 'XHTML with '
           . "$prolog[$n] before it: " . ($closed ? 'closed' : 'not closed')
           . ($how && ', byte by byte'));
        is($r->body =~ / src="\Q$T\E\/e"/ ? 1 : 0, $closed,
           $closed ? '... and untouched' : '... but read');
    }
}

my @twice = grep {
    my %n;
    grep { $n{$_}++ } /\s([\w:-]+)\s*=\s*(?:"[^"]*"|'[^']*')/g;
} $x =~ /(<[a-z][^>]*>)/g;

is_deeply(\@twice, [], 'XHTML: no attribute is there twice');

# charsets

for (sort keys %ascii) {
    (my $name = "c-$_") =~ tr/_/-/;
    my $b = $t->get("/$name")->body;
    $b =~ s/<img data-consent="blocked" data-category="marketing" /<img /;
    (my $in = $doc{$name}[1]) =~ s/ src=/ data-src=/;
    is(hex_of($b), hex_of($in), "$_: gated, and its letters are untouched");
}

for my $n (0 .. $#closed) {
    for my $how ('', '.bytes') {
        $r = $t->get("/closed$n$how", @nav);
        like(csp($r), qr/default-src 'self'/, "$closed[$n][0]: closed"
             . ($how && ', byte by byte'));
        is(hex_of($r->body), hex_of($closed[$n][2]), '... and untouched');
    }

    $r = $t->get("/pass/closed$n", @nav);
    is(csp($r), '', '... or left alone with consent_undecodable pass');
}

for my $n (0 .. $#open) {
    for my $how ('', '.bytes') {
        $r = $t->get("/open$n$how", @nav);
        like($r->body, qr{ data-src="?\Q$T\E}, $open[$n][0]
             . ($how && ', byte by byte'));
        is(csp($r), '', '... and not closed');
    }
}

like($t->get('/late')->body, qr{<meta data-charset=iso-2022-jp><img .*data-src=},
     'a charset that is named too late is not followed');

done_testing();


sub csp { return join ' ', $_[0]->header('content-security-policy') // '' }

sub hex_of { return unpack 'H*', $_[0] }
