#!/usr/bin/perl

# Every way a page can come, in every coding, to every visitor, by every
# protocol: {static, proxy, cache hit, fastcgi} x {identity, gzip, br, zstd}
# x {pending, refused, granted, nothing to do} x {HTTP/1.1, HTTP/2, HTTP/3
# where it is built in} x {buffering on, off}.  In each cell the body, the headers, HEAD and
# conditional requests are right.
#
# Without CONSENT_FULL a quarter of the cells, chosen so that every pair of
# values meets.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Coding;
use Test::Consent::FastCGI;
use Test::Consent::HTTP2;
use Test::Consent::HTTP3;

my $full = $ENV{CONSENT_FULL};
my $t = Test::Consent->new;

my $page = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>t</title>\n"
           . "<link rel=preconnect href=\"https://static.hotjar.com\">\n"
           . "</head><body>\n" . ("<p>Some text of the page, <b>bold</b>.\n"
                                  x 400)
           . '<script async src="https://www.google-analytics.com/a.js">'
           . "</script>\n<script>fbq('init', '1');</script>\n"
           . ("<p>And more text.\n" x 400)
           . '<img src="https://www.facebook.com/tr?id=1&amp;ev=P">'
           . "\n</body></html>\n";

my @codings = grep { has_coding($_) } qw(identity gzip br zstd);
my %body = map { $_ => encode($_, $page) } @codings;
my $mtime = 1700000000;

for my $c (@codings) {
    my $f = $t->file("html/$c/page.html", $body{$c});
    utime $mtime, $mtime, $f;
}

$t->file('key', 'a1' x 32 . "\n", 0600);

# what the upstreams were asked for: coding, If-None-Match,
# If-Modified-Since, as a line each

my $asked = $t->file('asked', '');

sub asked {
    open(my $f, '>>', $asked);
    print $f join("\t", map { $_ // '-' } @_), "\n";
}

sub not_modified { my ($inm) = @_; ($inm // '') eq '"up-1"' }

my $headers = "Content-Type: text/html\r\nETag: \"up-1\"\r\n"
              . "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n"
              . "Cache-Control: public, max-age=600\r\n"
              . "Set-Cookie-Like: 1\r\n";

$t->upstream(sub {
    my ($c, $r) = @_;
    my ($coding) = $r->{uri} =~ m{/(\w+)/page};
    my $h = $r->{headers};

    asked($coding, $h->{'if-none-match'}, $h->{'if-modified-since'});

    if (not_modified($h->{'if-none-match'})) {
        print $c "HTTP/1.1 304 Not Modified\r\nETag: \"up-1\"\r\n\r\n";
        return;
    }

    my $b = $body{$coding};
    print $c "HTTP/1.1 200 OK\r\n$headers"
             . ($coding eq 'identity' ? ''
                                      : "Content-Encoding: $coding\r\n")
             . 'Content-Length: ' . length($b) . "\r\n\r\n";
    print $c $b if $r->{method} ne 'HEAD';
});

fastcgi($t, sub {
    my ($send, $p) = @_;
    my ($coding) = $p->{REQUEST_URI} =~ m{/(\w+)/page};

    asked($coding, $p->{HTTP_IF_NONE_MATCH}, $p->{HTTP_IF_MODIFIED_SINCE});

    if (not_modified($p->{HTTP_IF_NONE_MATCH})) {
        $send->("Status: 304\r\nETag: \"up-1\"\r\n\r\n");
        return;
    }

    $send->($headers . ($coding eq 'identity' ? ''
                                  : "Content-Encoding: $coding\r\n")
            . "\r\n");
    $send->($body{$coding}) if $p->{REQUEST_METHOD} ne 'HEAD';
}, 2);

# one server; places are /SOURCE-BUFFERING-STATE/CODING/page.html, where
# "open" has nothing inserted once all is agreed to

my $locations = '';

for my $coding (@codings) {
    for my $open ('', 'open') {
        my $links = $open ? 'consent_links off;' : '';

        for my $b (qw(on off)) {
            my $ce = $coding eq 'identity' ? ''
                     : "add_header Content-Encoding $coding;";

            # nginx's own gzip does not see what add_header says
            $ce .= ' gzip off;' if $ce && $open;

            $locations .= "
            location /static-$b$open/$coding/ {
                alias %%DIR%%/html/$coding/; sendfile $b; $links $ce
                add_header Cache-Control 'public, max-age=600'; }
            location /proxy-$b$open/$coding/ { $links
                proxy_pass http://127.0.0.1:%%PORT1%%/$coding/;
                proxy_buffering $b; }
            location /cache-$b$open/$coding/ { $links
                proxy_pass http://127.0.0.1:%%PORT1%%/$coding/;
                proxy_cache c; proxy_cache_key $coding;
                proxy_buffering $b; }
            location /fastcgi-$b$open/$coding/ { $links
                fastcgi_pass 127.0.0.1:%%PORT2%%;
                fastcgi_param REQUEST_METHOD \$request_method;
                fastcgi_param REQUEST_URI \$request_uri;
                fastcgi_param CONTENT_LENGTH \$content_length;
                fastcgi_buffering $b; }
            ";
        }
    }
}

my $h2 = http2_missing();
my $h3 = http3_missing();
my $listen = $h2 ? '' : http2_listen(3);
my $conf = 'consent on; consent_secret_file %%DIR%%/key;
    gzip on; gzip_min_length 1; ' . $locations;

$t->server(($listen =~ /http2;$/ && $listen !~ /http2 on/
         ? $listen : '') . $conf,
    q{proxy_cache_path %%DIR%%/cache keys_zone=c:1m;
      proxy_http_version 1.1; }
    . ($listen =~ /http2 on/ ? "server { $listen root %%DIR%%/html; $conf }"
                             : '')
    . ($h3 ? '' : http3_server($t, 4, $conf)));

my %plain = (pending => undef, refused => scalar $t->choose('reject'),
             granted => scalar $t->choose('accept'));
$plain{open} = $plain{granted};

# over TLS the cookie is another

my %tls = map { $_ => $h3 ? undef : choose_by_http3($_) } keys %plain;

# what each visitor gets of the plain file: every cell has to be this

my %want;

for my $state (qw(pending refused granted)) {
    $want{$state} = without_path($t->get('/static-on/identity/page.html',
                                         cookie => $plain{$state})->body,
                                 '/static-on/identity/page.html');
}

$want{open} = $page;

my $inert = () = $want{pending} =~ /data-consent="blocked"/g;
is($inert, 4, 'pending: four trackers withheld');
is(scalar(() = $want{refused} =~ /data-consent="blocked"/g), 4,
   'refused: four, too');
like($want{pending}, qr/<section[^>]*id="privacy-choices"/, 'pending: asked');
unlike($want{refused}, qr/<section[^>]*id="privacy-choices"/,
       'refused: not asked again');
is($t->without_insertions($want{granted}), $page,
   'granted: the page, and the links');

# and with trackers agreed to once, the cache is full

$t->get("/cache-on/$_/page.html") for @codings;


# the form says where to go back to

sub without_path {
    my ($body, $uri) = @_;
    $body =~ s/\Q$uri\E/PATH/g if defined $body;
    return $body // '';
}

sub choose_by_http3 {
    my ($state) = @_;

    return undef if $state eq 'pending';

    my $choice = $state eq 'refused' ? 'reject' : 'accept';
    my ($r) = http3($t, 4, [ [ POST => "choice=$choice" ], '/_consent/',
                             Origin => 'https://localhost' ]);
    my ($c) = $r->header('Set-Cookie') =~ /^(__Host-[^;]+)/;

    return $c;
}

sub ask {
    my ($proto, @requests) = @_;

    return http3($t, 4, @requests) if $proto eq 'h3';
    return http2($t, 3, @requests) if $proto eq 'h2';

    return map { my ($m, $uri, @h) = @$_;
                 $t->request($m, $uri, headers => [ @h ]) } @requests;
}

sub upstream_log {
    my @l = split /\n/, slurp($asked);
    $t->file('asked', '');
    return @l;
}

# each cell gives one list of what is wrong in it

sub cell {
    my ($source, $coding, $state, $proto, $buffering) = @_;

    my $uri = "/$source-$buffering" . ($state eq 'open' ? 'open' : '')
              . "/$coding/page.html";
    my %cookie = $proto eq 'h3' ? %tls : %plain;
    my @c = defined $cookie{$state} ? (Cookie => $cookie{$state}) : ();
    my $other = $state eq 'pending' ? 'granted' : 'pending';
    my @o = defined $cookie{$other} ? (Cookie => $cookie{$other}) : ();
    my $open = $state eq 'open';
    my $date = 'Tue, 14 Nov 2023 22:13:20 GMT';
    my $plain = $source eq 'static'
                ? sprintf('"%x-%x"', $mtime, length $body{$coding})
                : '"up-1"';
    my @bad;

    my $is = sub {
        my ($got, $want, $what) = @_;
        push @bad, "$what: " . ($got // 'undef') . ", not "
                   . ($want // 'undef')
            if ($got // "\0") ne ($want // "\0");
    };

    my $matches = sub {
        my ($got, $re, $what) = @_;
        push @bad, "$what: " . ($got // 'undef') if ($got // '') !~ $re;
    };

    my ($get, $zip, $head) = ask($proto,
        [ GET => $uri, @c ],
        [ GET => $uri, @c, 'Accept-Encoding' => 'gzip' ],
        [ HEAD => $uri, @c ]);

    my $ce = $get->header('Content-Encoding') // 'identity';
    my $body = decode($ce, $get->body);

    $is->($get->status, 200, 'GET');
    $is->($get->complete, 1, 'GET comes to its end');
    push @bad, 'GET: another body'
        unless without_path($body, $uri) eq $want{$state};
    $is->($get->header('Content-Encoding'),
          $open && $coding ne 'identity' ? $coding : undef,
          'coding for who wants none');

    my $zce = $zip->header('Content-Encoding') // 'identity';
    my $ztext = decode($zce, $zip->body);

    $is->($zce, $open && $coding ne 'identity' ? $coding : 'gzip',
          'coding for who takes gzip');
    push @bad, 'compressed: another body'
        unless without_path($ztext, $uri) eq $want{$state};

    $is->($head->status, 200, 'HEAD');
    $is->($head->header($_) // '', $get->header($_) // '', "HEAD, $_")
        for qw(ETag Content-Type Cache-Control Vary Consent-State
               Content-Encoding Last-Modified);

    for my $r ($get, $head) {
        my $basis = $state eq 'pending' ? 'none'
                    : $state eq 'refused' ? 'deny' : 'grant';
        $is->($r->state->{basis}, $basis, 'Consent-State');
        $is->(join('|', $r->headers('Cache-Control')), 'private, no-cache',
              'Cache-Control');
        $matches->(join(', ', $r->headers('Vary')), qr/\bCookie\b/, 'Vary');
        $is->(scalar(() = $r->headers('Set-Cookie')), 0, 'cookies set');
    }

    # validators

    my $etag = $get->header('ETag');

    if ($open) {
        $is->($etag, $plain, 'its own ETag');
        $is->($get->header('Last-Modified'), $date, 'its own date');
        $is->($get->header('Content-Length'), length $body{$coding},
              'its own length') unless $source eq 'fastcgi';

    } else {
        (my $base = $plain) =~ s/"$//;
        $matches->($etag, qr{^W/\Q$base\E;c=[0-9a-f]{16}"$}, 'ETag');
        $is->($get->header('Last-Modified'), undef, 'Last-Modified');
        $is->($get->header('Accept-Ranges'), undef, 'Accept-Ranges');
    }

    upstream_log();

    my ($same, $else, $old, $dated, $range) = ask($proto,
        [ GET => $uri, @c, 'If-None-Match' => $etag ],
        [ GET => $uri, @o, 'If-None-Match' => $etag ],
        [ GET => $uri, @c, 'If-None-Match' => $plain ],
        [ GET => $uri, @c, 'If-Modified-Since' => $date ],
        [ GET => $uri, @c, Range => 'bytes=0-9',
                           'Sec-Fetch-Dest' => 'document' ]);
    my @log = upstream_log();

    $is->($else->status, 200, 'to the ETag of another state');
    $is->($same->status, 304, 'to its own ETag');

    if (!$open) {
        $is->($same->header('ETag'), $etag, 'the ETag of the 304');
        $is->($same->header('Cache-Control'), 'private, no-cache',
              'Cache-Control of the 304');
        $is->($same->state->{mode}, 'opt-in', 'Consent-State of the 304');
        $is->($same->body, '', 'body of the 304');
        $is->($old->status, 200, 'to the ETag before the module');
        $is->($dated->status, 200, 'to a date');
        $is->($range->status, 200, 'to a range');
        push @bad, 'range: another body'
            unless without_path(decode($range->header('Content-Encoding'),
                                       $range->body), $uri)
                   eq $want{$state};
    }

    if ($source =~ /proxy|fastcgi/ && !$open) {
        $is->($log[0], "$coding\t\"up-1\"\t-", 'the upstream\'s own tag');
        $is->($log[1], "$coding\t-\t-", 'not for another state');
        $is->($log[2], "$coding\t-\t-", 'nor from before the module');
        $is->($log[3], "$coding\t-\t-", 'nor a date');
    }

    $is->(scalar(@log), 0, 'a hit asks no upstream') if $source eq 'cache';

    return @bad;
}

my $n = 0;
my @states = qw(pending refused granted open);
my @sources = qw(static proxy cache fastcgi);

for my $s (0 .. $#sources) {
    for my $c (0 .. $#codings) {
        for my $st (0 .. $#states) {
            for my $p (0 .. 2) {
                for my $b (0 .. 1) {
                    next unless $full || ($s + $c + $st + 2 * $p + $b) % 4
                                         == 0;
                    next if $p == 1 && $h2 || $p == 2 && $h3;

                    my @cell = ($sources[$s], $codings[$c], $states[$st],
                                (qw(h1 h2 h3))[$p], (qw(on off))[$b]);
                    my @bad = cell(@cell);
                    is(join("\n", @bad), '', join(' ', @cell));
                }
            }
        }
    }
}

done_testing();
