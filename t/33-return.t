#!/usr/bin/perl

# Where a choice leads back to: a page of this site and nowhere else, read as
# a browser reads a Location header (Node's URL is WHATWG's), whatever trick
# is in it.

use lib 't/lib';
use Test::Consent;
use JSON::PP;

my $t = Test::Consent->new;

$t->file('html/index.html', '<!doctype html><title>t</title><p>x');
$t->file('key', 'a1' x 32 . "\n", 0600);
$t->server('consent on; consent_secret_file %%DIR%%/key;');

my $e = 'evil.example';
my $long = '/' . 'a' x 2100;

# what is given, and where it leads; undef: to the front page

my @cases = (
    [ '/', '/' ], [ '/page', '/page' ], [ '/a/b/c.html', '/a/b/c.html' ],
    [ '/page?x=1&y=2', '/page?x=1&y=2' ], [ '/page#part', '/page#part' ],
    [ '/page?next=//' . $e, '/page?next=//' . $e ],
    [ '/page?next=https://' . $e, '/page?next=https://' . $e ],
    [ '/page?a=%2F%2F&b=%5C', '/page?a=%2F%2F&b=%5C' ],
    [ '/a//b', '/a//b' ], [ '/@' . $e, '/@' . $e ], [ '/:80', '/:80' ],
    [ '/a b', '/a%20b' ], [ "/\xc3\xa4", '/%C3%A4' ], [ '/%41', '/%41' ],
    [ '/"><script>', '/%22%3E%3Cscript%3E' ], [ "/'x'", "/'x'" ],
    [ '/100%', '/100%' ], [ '/%zz', '/%zz' ], [ '/.well-known/x', undef, 1 ],
    [ '/..a/b..', '/..a/b..' ], [ '/...', '/...' ],

    map { [ $_ ] } (
    # another site, outright
    "https://$e/", "http://$e/", "//$e", "//$e/", "///$e", "////$e",
    "//$e:443/", "//user\@$e/", "//localhost.$e/", "//localhost\@$e/",
    "https:$e", "https:/$e", "https:\\\\$e", "http:$e", "HTTPS://$e",
    "ftp://$e/", $e, "$e/path", "\@$e", ":443\@$e", '.' . $e,

    # slashes that are none, and what browsers take for them
    "/\\$e", "\\\\$e", "\\/$e", "/\\/$e", "//\\$e", "/\\\\$e", "\\$e",
    "/%5C$e", "/%5c/$e", "/%5C%5C$e", "/%2F$e", "/%2f/$e", "%2F%2F$e",
    "/%2F%2F$e", "/\xef\xbc\x8f$e" . '/../..',

    # dots that vanish and leave two slashes
    "/.//$e", "/..//$e", "/x/..//$e", "/x/../../$e", "/./../$e",
    "/%2e//$e", "/%2E%2e//$e", "/x/%2e%2E//$e", "/.%2e//$e", "/%2e/$e",
    "/./", '/..', '/.', "/a/.", "/a/..", "/.?//$e", "/..#//$e",

    # bytes that browsers drop, or that end a header
    "/\t/$e", "\t//$e", "/\n/$e", "/\r/$e", "/\r\n/$e", "\n//$e", " //$e",
    "/\0/$e", "/\x01/$e", "/\x7f/$e", "/\x1f/$e", "\x00//$e",
    "/%09/$e", "/%0a/$e", "/%0d/$e", "/%00/$e", "/%0D%0A/$e", "/%7f/$e",
    "/%1f/$e", "/a\tb", "/a%09b", "/a\x0bb",
    "/x\r\nSet-Cookie: a=b", "/x%0d%0aSet-Cookie:%20a=b",
    "/x\nLocation: https://$e/", "/x\r\n\r\n<script>alert(1)</script>",

    # other schemes
    'javascript:alert(1)', "javascript://$e/%0aalert(1)", 'JaVaScRiPt:x',
    "java\tscript:x", 'data:text/html,x', 'vbscript:x', "blob:https://$e/x",
    'about:blank', "view-source:https://$e/", "intent://$e/",

    # nothing, or too much
    '', ' ', 'page', './page', '../page', '?x=1', '#part', '*', '%2Fpage',
    $long,
    )
);

my $base = 'https://www.site.example/deep/page?q';
my @asked;

for (@cases) {
    my ($in, $want, $either) = @$_;

    my $r = $t->post('/_consent/', [ choice => 'reject', return => $in ]);
    my $l = $r->header('Location') // '';

    my $show = substr($in, 0, 40);
    $show =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;

    if (!$either) {
        is($l, $want // '/', "R32: return=$show");
    }

    is(scalar(() = $r->headers('Location')), 1, "R32: return=$show: one");
    is(scalar(() = $r->headers('Set-Cookie')), 1,
       "R32: return=$show: no header slips in");
    unlike($r->head . $r->body, qr/<script|^Set-Cookie: a=b/m,
           "R32: return=$show: nor a body");

    push @asked, [ $show, $l ];
}


# as a browser would go

SKIP: {
    my ($node) = grep { -x } map { "$_/node" } split /:/, $ENV{PATH} || '';
    skip 'no node', 1 if !$node;

    my $in = encode_json([ map { $_->[1] } @asked ]);
    my $file = $t->file('in.json', $in);
    my $out = $t->run($node, '-e', q{
        const l = JSON.parse(require('fs').readFileSync(process.argv[1]))
        const base = process.argv[2]
        console.log(JSON.stringify(l.map(x => {
          const u = new URL(x, base)
          return [ u.origin, new URL('.' + u.pathname, base).origin ]
        })))
    }, $file, $base);

    my $got = decode_json($out);
    my @wrong = map { "$asked[$_][0] leads to $got->[$_][0]" }
                grep { $got->[$_][0] ne 'https://www.site.example' }
                0 .. $#asked;
    is_deeply(\@wrong, [], 'R32: all ' . @asked
              . ' lead to this site, as a browser reads them');
}


# a Location is relative, whatever nginx is told: behind a TLS terminator it
# would name the wrong scheme and port

$t->server('consent on; consent_secret_file %%DIR%%/key;
            absolute_redirect on; port_in_redirect on;
            server_name_in_redirect on;');
is($t->post('/_consent/', [ choice => 'reject', return => '/a?b' ],
            host => 'www.site.example:8443')->header('Location'), '/a?b',
   'R32: Location stays relative');
is($t->post('/_consent/', [ choice => 'reject', return => '/a',
                            return => "//$e" ])->header('Location'), '/',
   'R32: of several, a bad one is not passed over');

# the page that is offered as the way back

for my $case ([ 'http://localhost/a?b', '/a?b' ],
              [ "http://$e/a", '/' ], [ 'http://localhost.evil/a', '/' ],
              [ "http://localhost\@$e/a", '/' ], [ "http://localhost//$e", '/' ],
              [ 'http://localhost/_consent/', '/' ], [ 'nonsense', '/' ],
              [ "http://localhost/\\$e", '/' ])
{
    my ($ref, $want) = @$case;
    my ($back) = $t->get('/_consent/', headers => [ Referer => $ref ])->body
                 =~ /name="return" value="([^"]*)"/;
    is(defined $back && length $back ? $back : '/', $want,
       "R32: the preference page, coming from $ref");
}

done_testing();
