#!/usr/bin/perl

# Other dynamic modules, loaded in any order: either pages come right through
# all of them, or nginx -t says which load_module line to move, and with that
# line moved they do.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Coding;

my $dir = '/usr/lib/nginx/modules';

plan(skip_all => "another nginx than Debian's")
    if $ENV{TEST_NGINX_BINARY} || Test::Consent->module eq 'static';

# lua wants ndk before it, brotli_static goes with brotli

my @groups = grep { !grep { !-f "$dir/$_.so" } @$_ } (
    [ 'ngx_http_brotli_filter_module', 'ngx_http_brotli_static_module' ],
    [ 'ndk_http_module', 'ngx_http_lua_module' ],
    [ 'ngx_http_js_module' ],
    [ 'ngx_http_headers_more_filter_module' ],
    [ 'ngx_http_subs_filter_module' ],
    [ 'ngx_http_xslt_filter_module' ],
    [ 'ngx_http_image_filter_module' ]);

plan(skip_all => 'no other modules: make deps-http') unless @groups >= 5;

my %has = map { $_ => 1 } map { @$_ } @groups;

my $page = '<!doctype html><html><head><title>t</title></head><body><p>Old'
           . ('<p>some text' x 200)
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . '</body></html>';

# a small picture, for the filter that measures it

my $gif = "GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0"
          . "\0\x02\x02D\x01\0;";

my $xsl = '<xsl:stylesheet version="1.0" '
          . 'xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
          . '<xsl:output method="html"/><xsl:template match="/r">'
          . '<html><head><title>t</title></head><body><p>'
          . '<xsl:value-of select="."/></p><img src="https://www.facebook.com'
          . '/tr?id=1"/></body></html></xsl:template></xsl:stylesheet>';

my $conf = q{
    consent on;
    consent_secret_file %%DIR%%/key;
    gzip on; gzip_min_length 1; gzip_types text/html image/gif;
    ssi on; sub_filter Old New; sub_filter_once off;
    location /added/ { alias %%DIR%%/html/; add_after_body /part.html; }
    location /gz/ { gzip_static always; gunzip on; }
};

$conf .= ' brotli on; brotli_min_length 1;'
    if $has{ngx_http_brotli_filter_module};
$conf .= " subs_filter 'some text' 'other text';"
    if $has{ngx_http_subs_filter_module};
$conf .= " more_set_headers 'X-More: 1';"
    if $has{ngx_http_headers_more_filter_module};
$conf .= q{
    location /lua/ { alias %%DIR%%/html/;
        header_filter_by_lua_block { ngx.header.content_length = nil }
        body_filter_by_lua_block { ngx.arg[1] = string.gsub(ngx.arg[1],
            '</body>', '<img src="https://www.facebook.com/tr"></body>') } }
} if $has{ngx_http_lua_module};
$conf .= ' location /xslt/ { alias %%DIR%%/html/; types { text/xml xml; }
           xslt_stylesheet %%DIR%%/x.xsl; }'
    if $has{ngx_http_xslt_filter_module};
$conf .= ' location /image/ { alias %%DIR%%/html/; image_filter size; }
           location /test/ { alias %%DIR%%/html/; image_filter test; }'
    if $has{ngx_http_image_filter_module};

sub blocked { scalar(() = $_[0] =~ /data-consent="blocked"/g) }

my $wanted;      # what every order has to give

sub pages_right {
    my ($t, $name) = @_;

    my $b = $t->get('/index.html')->body;

    $wanted //= $b;
    is($b, $wanted, "$name: the same page as ever");
    like($b, qr/<p>New/, "$name: sub_filter");
    like($b, qr/other text/, "$name: subs_filter")
        if $has{ngx_http_subs_filter_module};
    is(blocked($b), 1, "$name: the tracker withheld");

    for my $c ('gzip', $has{ngx_http_brotli_filter_module} ? 'br' : ()) {
        next unless has_coding($c);
        my $r = $t->get('/index.html', headers => [ 'Accept-Encoding' => $c ]);
        is($r->header('Content-Encoding'), $c, "$name: $c");
        is(decode($c, $r->body), $b, "$name: $c, the same page in it");
        is($r->header('X-More'), 1, "$name: headers-more")
            if $has{ngx_http_headers_more_filter_module};
    }

    is(blocked($t->get('/added/index.html')->body), 2, "$name: addition");
    is(blocked($t->get('/lua/index.html')->body), 2, "$name: lua's own")
        if $has{ngx_http_lua_module};

    if ($has{ngx_http_xslt_filter_module}) {
        my $r = $t->get('/xslt/r.xml');
        like($r->body, qr/<p>hello/, "$name: xslt");
        is(blocked($r->body), 1, "$name: xslt's page is gated");
    }

    if ($has{ngx_http_image_filter_module}) {
        is($t->get('/test/i.gif')->body, $gif, "$name: an image");
        like($t->get('/image/i.gif')->body, qr/"width": 1/, "$name: its size");
        is($t->get('/test/index.html')->status, 415,
           "$name: what is no image");
    }
}

# ours in each place of one order, and some orders by a fixed shuffle

srand 5;

my @orders;

for my $i (0 .. @groups) {
    my @g = @groups;
    splice @g, $i, 0, [ '@' ];
    push @orders, \@g;
}

for (1 .. ($ENV{CONSENT_FULL} ? 40 : 4)) {
    my @g = (@groups, [ '@' ]);
    for my $i (reverse 1 .. $#g) {
        my $j = int rand($i + 1);
        @g[$i, $j] = @g[$j, $i];
    }
    push @orders, \@g;
}

my ($good, $told) = (0, 0);

for my $order (@orders) {
    my @m = map { @$_ } @$order;
    my $name = join ' ', map { s/^ngx_http_|_module$|_filter//gr } @m;
    my $t = Test::Consent->new;

    $t->file('html/index.html', $page);
    $t->file('html/part.html', '<img src="https://www.facebook.com/tr">');
    $t->file('html/r.xml', '<r>hello</r>');
    $t->file('html/i.gif', $gif);
    $t->file('x.xsl', $xsl);
    $t->file('key', 'a1' x 32 . "\n", 0600);

    my ($ours) = grep { $m[$_] eq '@' } 0 .. $#m;
    my ($brotli) = grep { $m[$_] eq 'ngx_http_brotli_filter_module' } 0 .. $#m;
    my $right = !defined $brotli || $brotli < $ours;

    $t->{modules} = [ map { $_ eq '@' ? $_ : "$dir/$_.so" } @m ];
    my ($ok, $out) = $t->test_server($conf);

    is($ok, $right ? 1 : 0, "$name: " . ($right ? 'right' : 'refused'))
        or diag($out);

    if ($ok) {
        $good++;

    } else {
        $told++;
        like($out, qr/\[emerg\].*move\ the\ line\ "load_module\ [^"]*
                      ngx_http_consent_module\.so;"\ below\ "load_module
                      [^"]*ngx_http_brotli_filter_module\.so;"/x,
             "$name: and which line to move where");

        # as told

        splice @m, $ours, 1;
        ($brotli) = grep { $m[$_] eq 'ngx_http_brotli_filter_module' } 0 .. $#m;
        splice @m, $brotli + 1, 0, '@';
        $t->{modules} = [ map { $_ eq '@' ? $_ : "$dir/$_.so" } @m ];
    }

    $t->server($conf);
    pages_right($t, $name);
    $t->stop;
}

cmp_ok($good, '>', 0, 'some orders are right');
cmp_ok($told, '>', 0, 'some are refused');

done_testing();
