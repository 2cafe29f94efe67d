#!/usr/bin/perl

# Taking it back: the trackers' cookies go, from the browser and from what the
# site's own programs get to see, and the state is the new one in the answer
# itself.  In a browser: t/96-browser-promises.t, other tabs, pages and Back.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

$t->file('html/index.html', '<!doctype html><html lang=en><title>t</title>'
    . '<body><p>x<script src="https://www.google-analytics.com/a.js"></script>');
$t->file('key', 'a1' x 32 . "\n", 0600);

# an application that sets cookies, and tells which it got

$t->upstream(sub {
    my ($c, $r) = @_;
    my $body = 'got=' . ($r->{headers}{cookie} // '');
    my $set = $r->{uri} =~ /set/
              ? join '', map { "Set-Cookie: $_; Path=/\r\n" }
                '_ga=GA1.2.3', '_gid=1', '_fbp=fb.1', 'PHPSESSID=abc',
                'theme=dark', 'mine_1=x', 'mine_2=y', 'other=z'
              : '';
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n${set}"
             . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
});

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_cookies analytics mine_*;
    consent_cookies marketing other;
    location /app { proxy_pass http://127.0.0.1:%%PORT1%%; }
});

my $jar = '_ga=GA1.2.3; _gid=1; _fbp=fb.1; mine_1=x; mine_2=y; other=z; '
          . 'PHPSESSID=abc; theme=dark';

my $accept = $t->choose('accept');
my $part = $t->choose('save', categories => [ 'analytics' ]);
my $reject = $t->choose('reject');

sub names { join ' ', sort map { /^([^=]+)/ } @_ }
sub got { my ($b) = $_[0]->body =~ /got=([^<]*)/;
          return names(grep { !/^ngx_consent=/ } split /[;\n] */, $b) }
sub set { return names(grep { !/^ngx_consent=/ } $_[0]->headers('Set-Cookie')) }


# what the site's own programs see, and set

my @cases = (
    [ 'before a choice', undef, 'PHPSESSID theme' ],
    [ 'after a refusal', $reject, 'PHPSESSID theme' ],
    [ 'agreed to statistics', $part,
      'PHPSESSID _ga _gid mine_1 mine_2 theme' ],
    [ 'agreed to all', $accept,
      'PHPSESSID _fbp _ga _gid mine_1 mine_2 other theme' ],
);

for (@cases) {
    my ($name, $c, $want) = @$_;
    my $r = $t->get('/app', cookie => join '; ', grep { defined } $jar, $c);
    is(got($r), $want, "R3: $name: the site reads these cookies");
    $r = $t->get('/app?set', defined $c ? (cookie => $c) : ());
    is(set($r), $want, "R3: $name: and sets these");
}

is(got($t->get('/app', headers => [ Cookie => '_ga=1; theme=dark',
                                    Cookie => '_fbp=1; PHPSESSID=a' ])),
   'PHPSESSID theme', 'R3: of several headers, too');
is(got($t->get('/app', cookie => '_ga=1')), '', 'R3: nothing is left');
is(got($t->get('/app', cookie => "$jar; $accept",
               headers => [ 'Sec-GPC' => 1 ])), 'PHPSESSID theme',
   'R13: the signal hides them, too');


# they are taken from the browser

sub expired {
    my ($r) = @_;
    return names(grep { /;\s*Max-Age=0/ } $r->headers('Set-Cookie'))
           =~ s/\b(\S+)(?: \1\b)+/$1/gr;
}

my @h = (origin => undef, headers => [ 'Sec-Fetch-Site' => 'same-origin' ]);

my $r = $t->post('/_consent/', [ choice => 'reject' ], @h,
                 cookie => "$jar; $accept");
is(expired($r), '_fbp _ga _gid mine_1 mine_2 other',
   'R3: withdrawn: their cookies expire, and no others');
is($r->state->{basis}, 'deny', 'R3: the answer itself has the new state');

my ($mine) = grep { /^ngx_consent=v1/ } $r->headers('Set-Cookie');
like($mine, qr/; Max-Age=15552000/, 'R3: the refusal is remembered');

$r = $t->post('/_consent/', [ choice => 'save', category => 'analytics' ], @h,
              cookie => "$jar; $accept");
is(expired($r), '_fbp other', 'R3: in part: those that lost it');

$r = $t->post('/_consent/', [ choice => 'accept' ], @h, cookie => $jar);
is(expired($r), '', 'agreed: none');

$r = $t->post('/_consent/', [ choice => 'reject' ], @h,
              cookie => "_ga=1; $accept", host => 'shop.www.example.co.uk');
my @domains = map { /^_ga=; Path=\/; Max-Age=0(?:; Domain=(\S+?))?$/
                    ? $1 // 'none' : () } $r->headers('Set-Cookie');
is("@domains", 'none shop.www.example.co.uk www.example.co.uk example.co.uk',
   'R3: for the host and each domain above it that may have set them');

for my $host ('192.0.2.1', '[2001:db8::1]', 'localhost') {
    $r = $t->post('/_consent/', [ choice => 'reject' ], @h,
                  cookie => '_ga=1', host => $host);
    is(scalar(grep { /^_ga=/ } $r->headers('Set-Cookie')), 1,
       "R3: on $host there is no domain above");
}

$r = $t->post('/_consent/', [ choice => 'reject' ], @h,
              cookie => join '; ', map { "mine_$_=1" } 1 .. 200);
is($r->status, 303, 'R3: however many there are');
cmp_ok(scalar(() = $r->headers('Set-Cookie')), '<=', 80, 'R3: within bounds');

$r = $t->post('/_consent/', [ choice => 'reject' ], @h,
              cookie => "mine_a\x01b=1; mine_=1; mine_x;y=1; mine_\xff=2");
is($r->status, 303, 'R3: whatever they are called');
unlike($r->head, qr/\x01/, 'R3: and no byte of it breaks a header');


# withdrawing is never harder than agreeing

for my $case (
    [ 'from another site', headers => [ Origin => 'https://x.example' ] ],
    [ 'with no header to tell', origin => undef ],
    [ 'inside a frame', headers => [ 'Sec-Fetch-Dest' => 'iframe',
                                     'Sec-Fetch-Site' => 'cross-site' ] ],
    [ 'with a broken cookie', cookie => 'ngx_consent=v1.x' ],
    [ 'without a cookie' ],
    [ 'by HTTP/1.0', http => '1.0', host => 'localhost' ],
) {
    my ($name, @o) = @$case;
    my $r = $t->post('/_consent/', [ choice => 'reject' ],
                     cookie => $accept, @o);
    is($r->status . ' ' . ($r->state->{basis} // ''), '303 deny',
       "R3: withdrawn $name");
}

# pages of before are not shown again: their validators are of another state

my $old = $t->get('/', cookie => $accept)->header('ETag');
my ($gone) = $t->choose('reject', cookie => $accept);
is($t->get('/', cookie => $gone, headers => [ 'If-None-Match' => $old ])
     ->status, 200, 'R3: a page kept from before is not called fresh');

done_testing();
