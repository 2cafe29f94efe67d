#!/usr/bin/perl

# consent_delivery shared: every visitor gets the same bytes, so that a cache
# before nginx can keep a page for all; behind Varnish and Apache one cached
# object serves who was not asked yet, who refused and who agreed.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Proxy;

my $t = Test::Consent->new;

my $page = '<!doctype html><html><head><title>t</title></head><body><p>x'
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . '<script>fbq("init", 1)</script></body></html>';

$t->file('key', 'a1' x 32 . "\n", 0600);
$t->file('html/index.html', $page);
$t->file('html/x.css', 'p { color: red }');

# an upstream that counts, and says whose cookies it saw

my $count = $t->file('count', '');

$t->upstream(sub {
    my ($c, $r) = @_;
    open(my $f, '>>', $count);
    print $f "x";
    close $f;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"e\"\r\n"
             . "Cache-Control: public, max-age=600\r\n"
             . 'X-Cookie: ' . ($r->{headers}{cookie} // '-') . "\r\n"
             . ($r->{uri} =~ /ga/ ? "Set-Cookie: _ga=1; Path=/\r\n" : '')
             . 'Content-Length: ' . length($page) . "\r\n\r\n$page";
});

my $conf = q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_delivery shared;
    consent_mode $arg_mode;
    consent_link Privacy /privacy rel=privacy-policy;
    location /up/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /own/ { alias %%DIR%%/html/; consent_delivery visitor; }
};

$t->server($conf);

my $accept = $t->choose('accept');
my $reject = $t->choose('reject');
my $part = $t->choose('save', categories => [ 'analytics' ]);

my @visitors = (
    [ 'not asked yet' ],
    [ 'refused', Cookie => $reject ],
    [ 'agreed', Cookie => $accept ],
    [ 'agreed in part', Cookie => $part ],
    [ 'with a signal', 'Sec-GPC' => '1' ],
    [ 'agreed, with a signal', Cookie => $accept, 'Sec-GPC' => '1' ],
    [ 'German', 'Accept-Language' => 'de' ],
    [ 'of a browser with fetch metadata', 'Sec-Fetch-Dest' => 'document',
      'Sec-Fetch-Mode' => 'navigate' ],
    [ 'with tracker cookies', Cookie => '_ga=GA1.2.3; _fbp=x' ],
    [ 'prefetching', 'Sec-Purpose' => 'prefetch', 'Sec-Fetch-Dest' =>
      'document' ],
);

sub head { $_[0]->head =~ s/^(Date|X-Cookie): .*\r?\n?//mgr }


# the same bytes and the same headers

for my $uri ('/', '/up/', '/up/?ga=1') {
    my $one = $t->get($uri);

    is(scalar(() = $one->body =~ /data-consent="blocked"/g), 2,
       "$uri: everything gated");
    like($one->body, qr/<section id="privacy-choices" hidden/,
         "$uri: the notice waits for its script");
    is($one->header('Vary'), undef, "$uri: no Vary");
    is($one->header('Cache-Control'), $uri eq '/' ? undef
                                      : 'public, max-age=600',
       "$uri: Cache-Control as it was");
    is(scalar(() = $one->headers('Set-Cookie')), 0, "$uri: no cookie");
    is($one->state->{basis}, 'none', "$uri: Consent-State of the page");

    for my $v (@visitors) {
        my ($who, @h) = @$v;
        my $r = $t->get($uri, headers => [ @h ]);
        is($r->body, $one->body, "$uri, $who: the same bytes");
        is(head($r), head($one), "$uri, $who: the same headers");
        is($t->get($uri, headers => [ @h, 'If-None-Match' =>
                                      $one->header('ETag') ])->status, 304,
           "$uri, $who: fresh by one tag");
    }
}

is($t->get("/?mode=$_")->body =~ s/mode=$_//gr, $t->get('/')->body,
   "mode $_: the same bytes") for qw(opt-out none notice);
unlike($t->get('/?token=secret')->body, qr/secret/,
       'a query, which may be one visitor\'s, is not in the page');
unlike($t->get('/up/', headers => [ Cookie => "_ga=1; a=b; $accept" ])
         ->header('X-Cookie'), qr/_ga/,
       'the upstream sees no tracker cookies, whoever asks');
like($t->get('/up/', headers => [ Cookie => '_ga=1; a=b' ])
       ->header('X-Cookie'), qr/a=b/, 'but others');

# what is no page for a cache is the visitor's own, as ever

for my $h ([ 'Sec-Fetch-Dest' => 'iframe' ], [ 'HX-Request' => 'true' ],
           [ 'X-Requested-With' => 'XMLHttpRequest' ])
{
    my $r = $t->get('/', cookie => $accept, headers => [ @$h ]);
    is($r->header('Cache-Control'), 'private, no-cache', "@$h: private");
    is($r->state->{basis}, 'grant', "@$h: of this visitor");
    is($r->body, $page, "@$h: with what was agreed to");
}

my $r = $t->request('POST', '/up/', body => 'a', cookie => $accept);
is($r->header('Cache-Control'), 'private, no-cache', 'POST: private');
is($r->state->{basis}, 'grant', 'POST: of this visitor');
is($t->get('/own/', cookie => $accept)->state->{basis}, 'grant',
   'a location with consent_delivery visitor: of this visitor');

# the endpoint says who is there

is($t->get('/_consent/state', cookie => $accept)->header('Cache-Control'),
   'no-store', 'the state is not for caches');
like($t->get('/_consent/state', cookie => $accept)->body, qr/"basis":"grant"/,
     'and says what was agreed to');
like($t->get('/_consent/state', cookie => $reject)->body, qr/"basis":"deny"/,
     'or not');
my ($js) = $t->get('/')->body =~ m{"(/_consent/shared-[0-9a-f]+\.js)"};
is($t->get($js)->status, 200, 'the script that asks is there');

# what cannot be

my ($ok, $out) = $t->test_server('consent on; consent_delivery shared;
                                  consent_csp enforce;');
is($ok, 0, 'with consent_csp enforce: refused');
like($out, qr/"consent_csp enforce" and "consent_delivery shared"/,
     'and said why');
($ok, $out) = $t->test_server('consent on; consent_delivery other;');
like($out, qr/"other".*visitor.*shared/, 'another word: what is allowed');


# behind a cache

sub upstream_count { my $n = -s $count; $t->file('count', ''); $n }

sub behind {
    my ($n, $name, $hit) = @_;

    upstream_count();
    my $first = $t->get('/up/cached', port => $n);
    is($first->status, 200, "$name: a page");
    is(upstream_count(), 1, "$name: asked of the upstream");

    for my $v (@visitors) {
        my ($who, @h) = @$v;
        my $r = $t->get('/up/cached', port => $n, headers => [ @h ]);
        is($r->body, $first->body, "$name, $who: the same object");
        like($hit->($r), qr/HIT/, "$name, $who: from the cache");
        is($r->state->{basis}, 'none', "$name, $who: Consent-State");
    }

    is(upstream_count(), 0, "$name: one object for all");

    for my $c ([ undef, 'none' ], [ $accept, 'grant' ], [ $reject, 'deny' ],
               [ $part, 'partial' ], [ $accept, 'grant' ])
    {
        my ($cookie, $basis) = @$c;
        my $r = $t->get('/_consent/state', port => $n,
                        defined $cookie ? (cookie => $cookie) : ());
        like($r->body, qr/"basis":"$basis"/, "$name: the state, $basis");
        is($r->header('Age') // 0, 0, "$name: is asked for each time");
    }

    my $r = $t->post('/_consent/', [ choice => 'accept', return => '/up/' ],
                     port => $n);
    is($r->status, 303, "$name: a choice is made through it");
    like($r->header('Set-Cookie'), qr/^ngx_consent=v1\./, "$name: and kept");
    is($r->header('Location'), '/up/', "$name: and goes back");

    ($js) = $first->body =~ m{"(/_consent/shared-[0-9a-f]+\.js)"};
    like($t->get($js, port => $n)->header('Cache-Control'), qr/immutable/,
         "$name: our files");

    $r = $t->get('/up/cached', port => $n, headers =>
                 [ 'If-None-Match' => $first->header('ETag'),
                   Cookie => $accept ]);
    is($r->status, 304, "$name: the browser's own copy is fresh");

    # a page that is a visitor's own is never kept

    for my $cookie ($accept, $reject) {
        my $r = $t->get('/own/index.html', port => $n, cookie => $cookie);
        unlike($hit->($r), qr/HIT/, "$name: a visitor's own page is not kept");
    }
}

SKIP: {
    skip(varnish_missing(), 1) if varnish_missing();

    varnish($t, 4, 0);
    behind(4, 'Varnish', sub {
        ($_[0]->header('X-Varnish') // $_[0]->header('X-Vinyl')
         // '') =~ / / ? 'HIT' : 'MISS' });
}

SKIP: {
    skip(apache_missing(), 1) if apache_missing();

    apache($t, 5, q{
        ProxyPreserveHost On
        ProxyPass / http://127.0.0.1:%%PORT%%/
        CacheEnable disk /
        CacheDisable /_consent/
        CacheRoot %%DIR%%/apache/cache
        CacheHeader on
        CacheQuickHandler on
    });
    behind(5, 'Apache', sub { $_[0]->header('X-Cache') // '' });
}


# and Apache behind nginx, which compresses and knows its own tags

SKIP: {
    skip(apache_missing(), 1) if apache_missing();

    my $a = Test::Consent->new;
    $a->file('key', 'a1' x 32 . "\n", 0600);
    $a->file('html/index.html', $page . '<!-- ' . 'x' x 3000 . '-->');
    chmod 0755, $a->dir . '/html';
    apache($a, 5, q{
        DocumentRoot %%DIR%%/html
        DirectoryIndex index.html
        SetOutputFilter DEFLATE
        Header set Cache-Control "public, max-age=60"
    });
    $a->server('consent on; consent_secret_file %%DIR%%/key; gzip on;
                location / { proxy_pass http://127.0.0.1:%%PORT5%%; }');

    my $accept = $a->choose('accept');

    for my $h ([], [ 'Accept-Encoding' => 'gzip' ]) {
        my $r = $a->get('/', headers => [ @$h ]);
        is($r->status, 200, "Apache behind (@$h): a page");
        is(scalar(() = $r->text =~ /data-consent="blocked"/g), 2,
           "Apache behind (@$h): gated");
        is($r->header('Content-Encoding'), $h->[1],
           "Apache behind (@$h): its coding");
        is($a->get('/', headers => [ @$h, 'If-None-Match' =>
                                     $r->header('ETag') ])->status, 304,
           "Apache behind (@$h): revalidated");
        is($a->get('/', cookie => $accept, headers => [ @$h,
             'If-None-Match' => $r->header('ETag') ])->status, 200,
           "Apache behind (@$h): not for another");
    }
}

done_testing();
