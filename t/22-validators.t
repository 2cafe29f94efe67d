#!/usr/bin/perl

# Validators: no copy of a page is called fresh that the visitor would not
# get now.  Each way in which two pages may differ, one by one; and what an
# upstream hears of it.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new(master => 1);

my $page = '<!doctype html><html><head><title>t</title></head><body><p>x'
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . "</body></html>\n";
my $mtime = 1700000000;
my $date = 'Tue, 14 Nov 2023 22:13:20 GMT';

for my $f ('index.html', 'x.css', 'nolang.html') {
    my $p = $t->file("html/$f", $f =~ /css/ ? "p { color: red }\n" : $page);
    utime $mtime, $mtime, $p;
}

my $plain = sprintf '"%x-%x"', $mtime, length $page;

$t->file('key', 'a1' x 32 . "\n", 0600);
$t->file('text.json', '{"en": {"title": "One"}}');

# an upstream that says what it was asked; its tag is what the query names

$t->upstream(sub {
    my ($c, $r) = @_;
    my $h = $r->{headers};
    my ($tag) = $r->{uri} =~ /tag=([^&]*)/;
    my ($type) = $r->{uri} =~ /type=([^&]*)/;
    my ($more) = $r->{uri} =~ /more=([^&]*)/;

    for ($tag, $type, $more) {
        $_ //= '';
        s/%(..)/chr hex $1/ge;
    }

    my $saw = join '|', map { $h->{$_} // '-' }
                        qw(if-none-match if-modified-since range if-range
                           if-match);

    if ($h->{'if-none-match'}
        ? length $tag && grep { $_ eq $tag } split /,\s*/,
                                             $h->{'if-none-match'}
        : ($h->{'if-modified-since'} // '') eq $date)
    {
        print $c "HTTP/1.1 304 Not Modified\r\nETag: $tag\r\nX-Saw: $saw\r\n"
                 . "Cache-Control: public\r\n\r\n";
        return;
    }

    print $c "HTTP/1.1 200 OK\r\nContent-Type: " . ($type || 'text/html')
             . "\r\nX-Saw: $saw\r\n"
             . (length $tag ? "ETag: $tag\r\n" : '')
             . "Last-Modified: $date\r\n$more"
             . 'Content-Length: ' . length($page) . "\r\n\r\n$page";
});

my $body = q{
    consent on;
    consent_secret_file %%DIR%%/key;
    SETTING
    location /rev/ { alias %%DIR%%/html/; index index.html;
                     consent_revision 2; }
    location /none/ { alias %%DIR%%/html/; index index.html;
                      consent_mode none; }
    location /up/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /cached/ { proxy_pass http://127.0.0.1:%%PORT1%%;
        proxy_cache c; proxy_cache_valid 200 1s; proxy_cache_revalidate on;
        add_header X-Cache $upstream_cache_status always; }
    location /variant { default_type text/plain;
                        return 200 "$consent_variant"; }
};

my $http = 'proxy_cache_path %%DIR%%/cache keys_zone=c:1m;';

sub conf {
    my ($setting) = @_;
    (my $b = $body) =~ s/SETTING/$setting/;
    return $t->config($t->server_conf($b, $http));
}

$t->file('nginx.conf', conf(''));
$t->start_file($t->dir . '/nginx.conf');

sub etag { $t->get(@_)->header('ETag') // 'none' }

sub status {
    my ($uri, $etag, @h) = @_;
    return $t->get($uri, headers => [ 'If-None-Match' => $etag, @h ])->status;
}


# one variant: it can be revalidated

my $e = etag('/');

like($e, qr{^W/"[0-9a-f-]+;c=[0-9a-f]{16}"$}, 'a page\'s tag has its variant');
is(status('/', $e), 304, 'its own tag is fresh');
is($t->head('/', headers => [ 'If-None-Match' => $e ])->status, 304,
   'HEAD, too');
is(status('/', qq{"other", $e, W/"x;c=0123456789abcdef"}), 304,
   'among others');
is(status('/', substr($e, 2)), 304, 'as a strong one: it is compared weakly');
is($t->get('/', headers => [ 'If-None-Match' => $e,
                             'If-Modified-Since' => $date ])->status, 304,
   'with a date beside it, as browsers send it');


# another: it is not

is(status('/', $plain), 200, 'from before the module');
is(status('/', "W/$plain"), 200, 'the same, weakened by a compressor');
is($t->get('/', headers => [ 'If-Modified-Since' => $date ])->status, 200,
   'a date alone');
is(status('/', '*'), 200, 'any at all');
is(etag('/', headers => [ 'Sec-Fetch-Dest' => 'iframe' ]),
   etag('/', headers => [ 'HX-Request' => 'true' ]),
   'a frame and a fragment are one variant');
is(status('/', 'W/"x;c=0123456789abcdef"'), 200, 'of another page');
(my $forged = $e) =~ s/;c=.*/;c=0123456789abcdef"/;
is(status('/', $forged), 200, 'of no variant there is');
is(status('/', $_), 200, "broken: $_")
    for '"', 'W/', '"abc', 'abc', 'W/"', '";c="', ',,', $e . '"',
        substr($e, 0, -1);

my @variants = (
    [ 'language', 'Accept-Language' => 'de' ],
    [ 'signal', 'Sec-GPC' => '1' ],
    [ 'place: a frame', 'Sec-Fetch-Dest' => 'iframe' ],
    [ 'choice: refused', Cookie => scalar $t->choose('reject') ],
    [ 'choice: agreed', Cookie => scalar $t->choose('accept') ],
    [ 'choice: in part', Cookie => scalar $t->choose('save',
                             categories => [ 'analytics' ]) ],
);

my %tag = (none => $e);

for my $v (@variants) {
    my ($name, @h) = @$v;
    my $other = etag('/', headers => [ @h ]);

    is(status('/', $e, @h), 200, "another $name: 200");
    is(status('/', $other), 200, "another $name: and the other way round");
    is(status('/', $other, @h), 304, "another $name: fresh by itself");
    ok(!(grep { $_ eq $other } values %tag), "another $name: its own tag");
    $tag{$name} = $other;
}

is(status('/rev/', $e), 200, 'another revision');
like(etag('/none/'), qr/;c=/, 'mode none: a tag of the variant');
is(status('/none/', $e), 200, 'another mode');

# another configuration, by reload: what the page would look like counts, so
# anything may

my %before = (%tag);

for my $setting ('consent_block marketing example.net;',
                 'consent_text %%DIR%%/text.json;', 'consent_controller X;',
                 'consent_links off; consent_link A /a;', 'consent_guard off;',
                 'consent_google_consent_mode on;')
{
    my $was = etag('/');
    $t->file('nginx.conf', conf($setting));
    $t->reload;
    my $is = etag('/');
    isnt($is, $was, "reload with \"$setting\": another tag");
    is(status('/', $was), 200, 'the old one is not fresh');
    is(status('/', $is), 304, 'the new one is');
}

$t->file('text.json', '{"en": {"title": "Two"}}');
$t->file('nginx.conf', conf('consent_text %%DIR%%/text.json;'));
$t->reload;
my $two = etag('/');
$t->file('text.json', '{"en": {"title": "Three"}}');
$t->reload;
isnt(etag('/'), $two, 'reload with another text in the same file');

$t->file('nginx.conf', conf(''));
$t->reload;
is(etag('/'), $e, 'reload with the first configuration: its tag again');

my %seen;
$seen{$t->get('/variant', headers => [ @$_[1 .. $#$_] ])->body}++
    for @variants, [ '' ];
is(scalar(keys %seen), 1 + @variants, '$consent_variant: one for each');


# what the upstream hears: its own validators, or none

for my $tag ('"abc"', 'W/"abc"', '"a;c=x"', '"a, b"', '"abc;c=0123456789abcde"')
{
    (my $q = $tag) =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ge;
    my $uri = "/up/?tag=$q";
    my $r = $t->get($uri);
    my $ours = $r->header('ETag');

    like($ours, qr{^W/".*;[cw]=[0-9a-f]{16}"$}, "$tag: marked");

    $r = $t->get($uri, headers => [ 'If-None-Match' => $ours,
                                    'If-Modified-Since' => $date ]);
    is($r->status, 304, "$tag: fresh");
    is($r->header('X-Saw'), "$tag|-|-|-|-", "$tag: the upstream sees its own");
    is($r->header('ETag'), $ours, "$tag: and the browser ours");
    is($r->header('Cache-Control'), 'private, no-cache',
       "$tag: Cache-Control of the 304");

    $r = $t->get($uri, headers => [ 'If-None-Match' => $tag,
                                    'If-Modified-Since' => $date ]);
    is($r->status, 200, "$tag: not fresh as the upstream's own");
    is($r->header('X-Saw'), '-|-|-|-|-', "$tag: which the upstream never sees");
}

my $r = $t->get('/up/?tag=', headers => [ 'If-Modified-Since' => $date ]);
is($r->status, 200, 'no tag, a date: 200');
is($r->header('ETag'), undef, 'no tag is made up');
is($r->header('Last-Modified'), undef, 'and the date goes');

$r = $t->get('/up/?tag=unquoted');
is($r->header('ETag'), undef, 'what is no tag is dropped');

# not a page: as if we were not there

for my $type ('text/css', 'application/json', 'image/png') {
    my $uri = "/up/?tag=%22abc%22&type=$type";
    my @dest = ('Sec-Fetch-Dest' => $type eq 'text/css' ? 'style'
                                    : $type eq 'image/png' ? 'image' : 'empty');

    $r = $t->get($uri, headers => [ @dest ]);
    is($r->header('ETag'), '"abc"', "$type: its own tag");
    is($r->header('Last-Modified'), $date, "$type: its own date");
    is($r->header('Cache-Control'), undef, "$type: no Cache-Control of ours");
    is($r->header('Vary'), undef, "$type: no Vary of ours");
    is(status($uri, '"abc"', @dest), 304, "$type: fresh by it");
    is($t->get($uri, headers => [ 'If-Modified-Since' => $date,
                                  @dest ])->status, 304,
       "$type: fresh by its date");
}

is($t->get('/x.css', headers => [ 'If-Modified-Since' => $date ])->status,
   304, 'a style sheet in a file: fresh by its date');
is($t->get('/x.css', headers => [ Range => 'bytes=0-3' ])->status, 206,
   'and in ranges');

# PUT and the like: the resource is meant, whoever saw it how

$r = $t->request('PUT', '/up/?tag=%22abc%22', body => 'x', headers =>
    [ 'If-Match' => 'W/"abc;c=0123456789abcdef"' ]);
is($r->header('X-Saw'), '-|-|-|-|"abc"', 'If-Match: the upstream sees its own');
$r = $t->request('PUT', '/up/?tag=%22abc%22', body => 'x', headers =>
    [ 'If-Match' => '"abc"' ]);
is($r->header('X-Saw'), '-|-|-|-|"abc"', 'If-Match without our mark, too');
is($t->get('/', headers => [ 'If-Match' => $e ])->status, 200,
   'If-Match on a page in a file: no 412');
is($t->get('/', headers => [ 'If-Unmodified-Since' => $date ])->status, 200,
   'If-Unmodified-Since neither');


# nginx's own cache revalidates with the upstream's validators, whoever asks

my $c = '/cached/?tag=%22abc%22';
my @agreed = (Cookie => scalar $t->choose('accept'));

is($t->get($c)->header('X-Cache'), 'MISS', 'cache: filled by one visitor');
$r = $t->get($c, headers => [ @agreed ]);
is($r->header('X-Cache'), 'HIT', 'cache: hit by another');
is($r->state->{basis}, 'grant', 'who gets a page of her own');
sleep 2;
$r = $t->get($c, headers => [ 'If-None-Match' => etag('/') ]);
is($r->header('X-Cache'), 'REVALIDATED', 'cache: revalidated');
is($r->status, 200, 'without the visitor\'s tag');
is(status($c, $r->header('ETag')), 304, 'which is fresh by itself');


# what outer caches are told

sub told {
    my ($more, $name) = @_;
    (my $q = "$more\r\n") =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ge;
    return join ' | ', $t->get("/up/?more=$q")->headers($name);
}

is(told("Cache-Control: $_", 'Cache-Control'), 'private, no-cache', $_)
    for 'public', 'max-age=600', 's-maxage=600', 'public, s-maxage=1',
        'immutable, max-age=31536000', 'stale-while-revalidate=60',
        'proxy-revalidate', 'private', 'no-cache="Set-Cookie"';
is(told("Cache-Control: $_", 'Cache-Control'), "private, no-cache, $_", $_)
    for 'no-store', 'no-transform', 'must-revalidate';
is(told("Cache-Control: public\r\nCache-Control: no-store", 'Cache-Control'),
   'private, no-cache, no-store', 'in two lines');
is(told("$_: max-age=60", $_), '', "$_ is not sent on")
    for 'Surrogate-Control', 'CDN-Cache-Control',
        'Cloudflare-CDN-Cache-Control';
is(told("Expires: $date", 'Expires'), '', 'nor Expires');
is(told('Vary: Accept-Encoding, cookie', 'Vary'),
   'Accept-Encoding, cookie, Sec-GPC, Accept-Language', 'Vary: merged');
is(told('Vary: *', 'Vary'), '*', 'Vary: * says it all');
is(told("Vary: A\r\nVary: B", 'Vary'),
   'A | B, Cookie, Sec-GPC, Accept-Language', 'Vary in two lines');

done_testing();
