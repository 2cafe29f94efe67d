#!/usr/bin/perl

# What "consent on;" does to a page: the notice, the links, and what the
# catalog or a rule names made inert; nothing else changes.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

sub page {
    my ($body, $head) = @_;
    $head //= '';
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>t</title>\n"
           . "$head</head>\n<body class=\"a\">\n$body\n</body>\n</html>\n";
}

my %page = (
    'plain'    => page('<p>nothing to withhold</p>'),
    'script'   => page('<p>x</p><script async src="https://www.google-'
                       . 'analytics.com/analytics.js" id="ga"></script>'),
    'pixel'    => page('<img src="https://www.facebook.com/tr?id=1&amp;ev=P"'
                       . ' width=1 height=1>'),
    'frame'    => page('<iframe src="https://www.youtube.com/embed/x"'
                       . ' width=560></iframe>'),
    'preconnect' => page('', '<link rel="preconnect" '
                         . 'href="https://static.hotjar.com">' . "\n"),
    'inline'   => page("<script>fbq('init', '1');</script>"),
    'names-1'  => page("<script>function one() {}; fbq('init', '1');</script>"),
    'names-2'  => page("<script>function two() {}; fbq('init', '1');</script>"),
    'own'      => page('<script src="/app.js"></script><img src="/i.png">'
                       . '<script>var a = "<p>" + 1 < 2;</script>'),
    'noscript' => page('<noscript><img src="https://www.facebook.com/tr?id=1'
                       . '&ev=PageView&noscript=1"/></noscript>'),
    'json'     => page('<script type="application/ld+json">{"u":'
                       . '"https://www.google-analytics.com/x"}</script>'),
    'markup'   => page('<script type="text/plain" data-category="marketing">'
                       . 'x()</script>'),
    'kept'     => "<p>part<script type='text/plain' data-category='marketing'"
                  . " data-src='/x.js' data-type='module'></script>"
                  . "<script type='text/plain' data-category='marketing'>"
                  . "y()</script><script type='text/plain'>z</script>",
    'base'     => '<!doctype html><html><head><title>t</title>'
                  . '<base href="https://cdn.example.net/x/"></head><body>'
                  . '<iframe src="https://www.youtube.com/embed/x"></iframe>'
                  . '<script src="https://www.google-analytics.com/'
                  . 'analytics.js"></script></body></html>',
    'ownbase'  => '<!doctype html><html><head><title>t</title>'
                  . '<base href="https://localhost/x/"></head>'
                  . '<body><p>x</body></html>',
    'ignore'   => page('<script data-consent="ignore" src="https://www.'
                       . 'google-analytics.com/analytics.js"></script>'),
    'rule'     => page('<script src="https://cdn.example.net/t/x.js"></script>'
                       . '<script src="https://cdn.example.net/ok.js">'
                       . '</script>'),
    'comment'  => page('<!-- <script src="https://www.google-analytics.com/'
                       . 'analytics.js"></script> --><p>x</p>'),
    'deep'     => page('<svg>' . '<script>a(' x 7 . '</script>' x 6
                       . "; fbq('init', '1')</script></svg>"),
    'implied'  => "<title>t</title><p>no body tag at all\n",
    'nohead'   => "<!doctype html><html><body><p>x</p></body></html>",
    'noend'    => "<!doctype html><title>t</title><body><p>x",
    'twice'    => "<!doctype html><body><p>a</body><body class=b><p>b</body>",
    'upper'    => "<!DOCTYPE HTML><HTML><HEAD><TITLE>t</TITLE></HEAD>"
                  . "<BODY><P>x</P></BODY></HTML>",
    'frameset' => "<!doctype html><html><head><title>t</title></head>"
                  . "<frameset cols=50%,50%><frame src=/a><frame src=/b>"
                  . "</frameset></html>",
);

$t->file("html/$_.html", $page{$_}) for keys %page;
$t->file('html/data.json', '{"html": "<body>"}');
$t->file('html/style.css', 'body { color: red }');
$t->file('html/empty.html', '');

$t->server(q{
    consent on;
    consent_block marketing cdn.example.net/t/;
    consent_link Privacy /privacy rel=privacy-policy;
    location /off/ { alias %%DIR%%/html/; consent off; }
    location /quiet/ { alias %%DIR%%/html/; consent_banner off; }
    location /nolinks/ { alias %%DIR%%/html/; consent_links off; }
    location /marker/ { alias %%DIR%%/html/; consent_links marker; }
});

sub notices { my $n = () = $_[0] =~ /<section\b[^>]*\bid="privacy-choices"/g;
              $n }
sub links   { my $n = () = $_[0] =~ /<nav\b[^>]*\bid="privacy-choices-links"/g;
              $n }


# the notice and the links, and where they are

my $r = $t->get('/plain.html');
my $b = $r->body;

is($r->status, 200, 'a page comes');
ok($r->complete, 'and comes to its end');
is(notices($b), 1, 'with one notice');
is(links($b), 1, 'and the links once');
like($b, qr{<body class="a">\s*(<[^>]+>\s*)*?<section[^>]*id="privacy-choices"},
     'the notice is first in the body');
like($b, qr{</nav>\s*</body>\n</html>\n$}, 'the links are last in it');
like($b, qr{<a\b[^>]*data-role="show"[^>]*href="/_consent/"|<a\b[^>]*href="/_consent/"[^>]*data-role="show"},
     'the standing link to the choices');
like($b, qr{<a\b[^>]*href="/privacy"}, 'the operator\'s link');
like($b, qr{<button\b[^>]*name="choice"[^>]*value="reject"}, 'a reject button');
like($b, qr{<button\b[^>]*name="choice"[^>]*value="accept"}, 'an accept button');
unlike($b, qr{<input[^>]*\schecked}, 'no box is ticked before');
unlike($b, qr{<section[^>]*privacy-choices.*https?://.*</section>}s,
     'the notice loads nothing from elsewhere');
is($t->without_insertions($b), $page{plain},
   'without them the page is as it was');
is($r->header('Set-Cookie'), undef, 'no cookie before a choice');

for my $name (qw(implied nohead noend twice upper)) {
    $b = $t->get("/$name.html")->body;
    is(notices($b), 1, "$name: one notice");
    is(links($b), 1, "$name: the links once");
    is($t->without_insertions($b), $page{$name}, "$name: the rest as it was");
}

$b = $t->get('/frameset.html')->body;
is(notices($b), 0, 'a frameset has no body to put a notice in');

for my $name (qw(comment json own)) {
    is($t->without_insertions($t->get("/$name.html")->body), $page{$name},
       "$name: nothing in it is a tracker's");
}

is($t->get('/empty.html')->body, '', 'an empty file stays empty');

$r = $t->get('/off/script.html');
is($r->body, $page{script}, 'consent off: the file as it is');
is($r->header('Consent-State'), undef, 'and no header');

$b = $t->get('/quiet/script.html')->body;
is(notices($b), 0, 'consent_banner off: no notice');
is(links($b), 1, 'but the links');
like($b, qr/data-consent="blocked"/, 'and it still withholds');

is(links($t->get('/nolinks/plain.html')->body), 0, 'consent_links off');
is(links($t->get('/marker/plain.html')->body), 0,
   'consent_links marker, and no marker in the page');

my $sign = '<!--  privacy-choices -->';
$t->file('html/marked.html', "<!doctype html><html lang=en><title>t</title>"
         . "<body><!-- privacy choices --><script>'$sign'</script><textarea>"
         . "$sign</textarea><template>$sign</template><footer>$sign</footer>"
         . "<p>$sign</body></html>");
$b = $t->get('/marker/marked.html')->body;
is(links($b), 1, 'with markers: the links, once');
like($b, qr{<footer>(?:<!--[^>]*-->)?<nav\ id="privacy-choices-links".*</nav>
            (?:<!--[^>]*-->)?</footer>}xs,
     'in place of the first that is a comment of the page');
like($b, qr{<textarea>\Q$sign\E</textarea>}, 'which what is text is not');
is(links($t->get('/marked.html')->body), 1,
   'consent_links footer: a marker is a comment like any other');
unlike($t->get('/marked.html')->body, qr{<footer>[^/]*<nav}, 'no place');


# who is shown a notice: documents, not frames, not fragments

for my $case (
    [ [ 'Sec-Fetch-Dest' => 'iframe', 'Sec-Fetch-Mode' => 'navigate' ],
      'a page in a frame' ],
    [ [ 'Sec-Fetch-Dest' => 'empty', 'Sec-Fetch-Mode' => 'cors' ],
      'fetch()' ],
    [ [ 'X-Requested-With' => 'XMLHttpRequest' ], 'XMLHttpRequest' ],
    [ [ 'HX-Request' => 'true' ], 'htmx' ],
    [ [ 'Turbo-Frame' => 'x' ], 'a Turbo frame' ])
{
    my ($headers, $what) = @$case;

    $b = $t->get('/script.html', headers => [ @$headers ])->body;
    is(notices($b), 0, "$what: no notice");
    is(links($b), 0, "$what: no links");
    like($b, qr/data-consent="blocked"/, "$what: trackers withheld");
}

for my $file ('/data.json', '/style.css') {
    $r = $t->get($file);
    unlike($r->body, qr/privacy-choices/, "$file is not HTML");
    is($r->header('Consent-State'), undef, "$file has no Consent-State");
    ok(defined $r->header('Content-Length'), "$file keeps its length");
}


# what is made inert, and how

my %inert = (
    script => [
        '<script async src="https://www.google-analytics.com/analytics.js" '
        . 'id="ga"></script>',
        qr{<script\ [^>]*\ async\ data-src="https://www\.google-analytics\.com/
           analytics\.js"\ id="ga"[^>]*></script>}x,
        'analytics' ],
    pixel => [ undef, qr{<img [^>]*data-src="https://www\.facebook\.com/tr\?id=1&amp;ev=P" width=1 height=1>},
               'marketing' ],
    frame => [ undef, qr{<iframe [^>]*data-src="https://www\.youtube\.com/embed/x"},
               'marketing' ],
    inline => [ undef, qr{<script[^>]*type="text/plain"[^>]*>fbq\('init', '1'\);},
                'marketing' ],
    rule => [ undef, qr{<script [^>]*data-src="https://cdn\.example\.net/t/x\.js"},
              'marketing' ],
);

for my $name (sort keys %inert) {
    my (undef, $re, $category) = @{$inert{$name}};

    $b = $t->get("/$name.html")->body;
    like($b, $re, "$name: its address is put aside");
    my ($el) = $b =~ /(<(?!section|form)[a-z]+\b[^>]*data-consent="blocked"[^>]*>)/;
    $el //= '';
    ok($el ne '', "$name: marked as blocked");
    like($el, qr/data-category="\w+"/, "$name: with its category");
    unlike($el, qr/\ssrc=["']?https:/, "$name: nothing in it loads");
    like($el, qr/type="text\/plain"/, "$name: its type is text/plain")
        if $el =~ /^<script/;
}

$b = $t->get('/rule.html')->body;
like($b, qr{<script src="https://cdn.example.net/ok.js"></script>},
     'rule: what it does not name stays');

unlike($t->get('/preconnect.html')->body,
       qr{<link rel="preconnect" href="https://static.hotjar},
       'no connection is opened beforehand');
unlike($t->get('/noscript.html')->body, qr{\ssrc="https://www\.facebook},
       'the pixel in <noscript> neither');
like($t->get('/deep.html')->body, qr{<svg><script type="text/plain"[^>]*>a\(},
     'scripts in scripts in SVG, deeper than is waited for');
like($t->get('/markup.html')->body,
     qr{<script type="text/plain" data-category="marketing"[^>]*>x\(\)},
     'the page\'s own data-category stays inert');
is($t->without_insertions($t->get('/ignore.html')->body), $page{ignore},
   'data-consent="ignore" is left alone');


# a page whose <base> is elsewhere: nothing of ours goes there, whether
# scripts run or not

{
    my $ours = qr{(?:src|href|action)="([^"]*(?:/_consent/|/privacy)[^"]*)"};
    my @urls = $t->get('/base.html')->body =~ m{<body.*}s
        ? $& =~ /$ours/g : ();

    cmp_ok(scalar @urls, '>', 5, 'a page with a base has all that others have');
    is_deeply([ grep { !m{^http://localhost/} } @urls ], [],
              'and all of it stays on this site');

    like($t->get('/base.html', headers => [ 'X-Forwarded-Proto' => 'https' ])
             ->body, qr{action="https://localhost/_consent/"},
         'by the scheme that a proxy tells');
    like($t->get('/base.html', host => 'localhost:8080')->body,
         qr{action="http://localhost:8080/_consent/"}, 'and by its port');
    like($t->get('/ownbase.html')->body, qr{action="/_consent/"},
         'the site\'s own base changes nothing');
}


# after consent the original page, but for the links

my ($cookie, $answer) = $t->choose('accept');
is($answer->status, 303, 'a choice is answered by 303');
ok($cookie, 'and a cookie');

for my $name (qw(script inline pixel frame rule noscript)) {
    $b = $t->get("/$name.html", cookie => $cookie)->body;
    is(notices($b), 0, "$name, accepted: no notice");
    is(links($b), 1, "$name, accepted: the links stay");
    is($t->without_insertions($b), $page{$name},
       "$name, accepted: the page byte for byte");
}

# what the page itself keeps back runs, in parts of a page, too

for my $dest (qw(document iframe empty)) {
    $b = $t->get('/kept.html', cookie => $cookie,
                 headers => [ 'Sec-Fetch-Dest' => $dest ])->body;
    like($b, qr{<script src='/x\.js' type='module' type=},
         "$dest, accepted: a file that the page kept back");
    like($b, qr{<script type="text/javascript"[^>]*>y\(\)},
         "$dest, accepted: and a script");
    like($b, qr{<script type='text/plain'>z}, "$dest: but no other text");
    unlike($b, qr{<section|<nav}, "$dest: nothing is put in")
        if $dest ne 'document';
}

$cookie = $t->choose('reject');
$b = $t->get('/script.html', cookie => $cookie)->body;
is(notices($b), 0, 'refused: not asked again');
is(links($b), 1, 'refused: the links stay');
like($b, qr/data-consent="blocked"/, 'refused: still withheld');

$cookie = $t->choose('save', categories => [ 'analytics' ]);
unlike($t->get('/script.html', cookie => $cookie)->body,
       qr/data-consent="blocked"/, 'one category: that one runs');
like($t->get('/pixel.html', cookie => $cookie)->body,
     qr/data-consent="blocked"/, 'one category: others do not');


# the same however the body comes

$t->upstream(sub {
    my ($c, $req) = @_;
    my ($name) = $req->{uri} =~ m{/(\w+)\.html};
    my ($step) = $req->{uri} =~ /step=(\d+)/;
    my $b = $page{$name};

    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
             . "Connection: close\r\n\r\n";
    for (my $i = 0; $i < length $b; $i += $step) {
        print $c substr($b, $i, $step);
        select undef, undef, undef, 0.001;
    }
});

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing cdn.example.net/t/;
    location /buffered/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /stream/ { proxy_pass http://127.0.0.1:%%PORT1%%;
                        proxy_buffering off; }
}) if $t->file('key', 'a1' x 32 . "\n", 0600);

# but for where a choice leads back to

sub page_of {
    my ($r) = @_;
    return $r->body =~ s/(name="return" value=")[^"]*/$1/r;
}

for my $name (qw(script inline frame implied twice)) {
    my $whole = page_of($t->get("/$name.html"));

    for my $step (1, 3, 17) {
        for my $way (qw(buffered stream)) {
            is(page_of($t->get("/$way/$name.html?step=$step")), $whole,
               "$name, $way, $step bytes at a time");
        }
    }
}

# what stands in for a withheld script's functions is each page's own, also
# where the worker keeps what it puts into pages

for my $n (1, 2, 1) {
    my $name = (undef, 'one', 'two')[$n];
    like($t->get("/names-$n.html")->body, qr/data-stubs="[^"]*\b$name\(\)/,
         "page $n: a stand-in for $name(), which its withheld script has");
}

done_testing();
