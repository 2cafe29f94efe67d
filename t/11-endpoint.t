#!/usr/bin/perl

# The endpoint: what each request gets, and that nothing but a well-formed
# choice from this site is ever consent.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

$t->file('html/index.html', '<!doctype html><title>t</title><p>x'
         . '<script src="https://www.google-analytics.com/a.js"></script>');
$t->file('key', 'a1' x 32 . "\n", 0600);

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_trusted_origin https://trusted.example;
    location ~ /\. { deny all; }
    location ~ \.php$ { return 404; }
    location /_consent { return 500; }
    location = /_consent/licenses { deny all; }
});

my $form = 'application/x-www-form-urlencoded';


# GET

my $r = $t->get('/_consent/');
is($r->status, 200, 'the preference page, whatever location would match');
like($r->header('Content-Type'), qr{^text/html}, 'is HTML');
like($r->body, qr{<form\b[^>]*method="post"}, 'with a form');
unlike($r->body, qr{<script\b[^>]*src="https?:}, 'all of this site');
is($r->header('Set-Cookie'), undef, 'no cookie for looking');
like($r->header('Cache-Control') // '', qr/no-store|no-cache|private/,
     'not kept by caches');

is($t->get('/_consent/licenses')->status, 403,
   'what a location says of access holds there, too');

$r = $t->get('/_consent/state');
is($r->status, 200, 'the state');
like($r->header('Content-Type'), qr{^application/json}, 'is JSON');
like($r->header('Cache-Control') // '', qr/no-store/, 'not stored');
like($r->body, qr/"mode"\s*:\s*"opt-in"/, 'its mode');
like($r->body, qr/"basis"\s*:\s*"none"/, 'its basis');
like($r->body, qr/"marketing"\s*:\s*false/, 'a category');

is($t->get('/_consent/vendors')->status, 200, 'the vendors page');
$r = $t->get('/_consent/vendors?format=json');
is($r->status, 200, 'and as JSON');
like($r->header('Content-Type'), qr{^application/json}, 'by its type');

is($t->get('/_consent/nothing')->status, 404, 'no such thing');
is($t->get('/_consent/../etc/passwd')->status, 404, 'no way out');

my ($css) = $t->get('/_consent/')->body =~ m{href="(/_consent/[^"]+\.css)"};
ok($css, 'the page has a style sheet');
$r = $t->get($css // '/');
is($r->status, 200, 'which is there');
like($r->header('Content-Type'), qr{^text/css}, 'by its type');
like($r->header('Cache-Control') // '', qr/immutable/, 'immutable');
like($r->header('Cache-Control') // '', qr/max-age=31536000/, 'for a year');
$r = $t->get($css // '/', headers => [ 'Accept-Encoding' => 'gzip' ]);
is($r->header('Content-Encoding'), 'gzip', 'compressed for who takes it');
is($r->text, $t->get($css // '/')->body, 'and the same');

is($t->head('/_consent/')->status, 200, 'HEAD');
is($t->head('/_consent/')->body, '', 'without a body');


# a choice

for my $choice (qw(accept reject save)) {
    my $r = $t->post('/_consent/', [ choice => $choice, return => '/a?b' ]);
    is($r->status, 303, "$choice: 303");
    is($r->header('Location'), '/a?b', "$choice: back to where it was made");
    my $c = $r->header('Set-Cookie') // '';
    like($c, qr/^ngx_consent=v1\.[!#-+\x2d-:<-\[\]-~]+;/,
         "$choice: the cookie");
    like($c, qr/;\s*HttpOnly/i, "$choice: HttpOnly");
    like($c, qr/;\s*SameSite=Lax/i, "$choice: SameSite");
    like($c, qr/;\s*Path=\//i, "$choice: for the whole site");
    like($c, qr/;\s*Max-Age=15552000/i, "$choice: 180 days");
    my ($v) = $c =~ /=([^;]*)/;
    cmp_ok(length $v, '<=', 160, "$choice: at most 160 bytes");
    like($r->header('Cache-Control') // '', qr/no-store/,
         "$choice: not stored");
}

is($t->post('/_consent/', [ choice => 'accept' ])->header('Location'), '/',
   'with no return, to the front page');

$r = $t->post('/_consent/', [ choice => 'accept' ],
              headers => [ Accept => 'application/json' ]);
is($r->status, 200, 'asked for JSON: 200');
like($r->body, qr/"basis"\s*:\s*"grant"/, 'and the state');
ok($r->header('Set-Cookie'), 'and the cookie');

my %seen;
$seen{scalar $t->choose('reject')}++ for 1 .. 20;
is(scalar keys %seen, 1, 'a refusal names nobody: 20 are one value');
%seen = ();
$seen{scalar $t->choose('accept')}++ for 1 .. 20;
is(scalar keys %seen, 20, 'a grant has an id of its own');

my $cookie = $t->choose('save', categories => [ 'analytics' ]);
$r = $t->get('/_consent/state', cookie => $cookie);
like($r->body, qr/"analytics"\s*:\s*true/, 'one category: that one');
like($r->body, qr/"marketing"\s*:\s*false/, 'one category: not others');


# where it may lead back to

for my $bad ('https://evil.example/', '//evil.example/', '/\\evil.example/',
             '\\\\evil.example', 'javascript:alert(1)', "/\t/evil.example",
             "/x\r\nSet-Cookie: a=b", "/x\nX: y", 'evil', '',
             '/%0d%0aX: y' . "\0", 'http:/evil.example', '///evil.example',
             '/.//evil.example', '/x/..//evil.example',
             '/' . 'a' x 20000)
{
    my $r = $t->post('/_consent/', [ choice => 'reject', return => $bad ]);
    my $l = $r->header('Location') // '';
    my $show = substr($bad, 0, 30);
    $show =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;

    if ($r->status == 303) {
        like($l, qr{^/(?![/\\])}, "return=$show stays on this site");
        unlike($r->head, qr{^X: y|^Set-Cookie: a=b}mi,
               "return=$show adds no header");
        unlike($l, qr{^/(?:[^?#]*/)?\.{1,2}//}, "return=$show: no dots");

    } else {
        like($r->status, qr/^4/, "return=$show is an error");
        is($r->header('Set-Cookie'), undef, "return=$show sets no cookie");
    }
}


# who may choose

sub refused {
    my ($what, $status, %o) = @_;

    my $r = $t->post('/_consent/', [ choice => 'accept' ], %o);
    is($r->status, $status, "$what: $status");
    is($r->header('Set-Cookie'), undef, "$what: no cookie");
}

refused('another site', 403,
        headers => [ Origin => 'https://evil.example' ]);
refused('another site by Sec-Fetch-Site', 403,
        headers => [ Origin => 'http://localhost',
                     'Sec-Fetch-Site' => 'cross-site' ]);
refused('another port', 403,
        headers => [ Origin => 'http://localhost:1', host => 'localhost' ]);
refused('no origin to tell', 403, headers => [ Origin => 'null' ]);
refused('another site by Referer', 403,
        headers => [ Referer => 'https://evil.example/' ]);

is($t->post('/_consent/', [ choice => 'accept' ],
            headers => [ Origin => 'http://localhost',
                         'Sec-Fetch-Site' => 'same-origin' ])->status,
   303, 'this site may');
is($t->post('/_consent/', [ choice => 'accept' ],
            headers => [ Origin => 'https://trusted.example' ])->status,
   303, 'a trusted origin may');


# of two choices the one that allows less

for my $two ('choice=reject&choice=accept', 'choice=accept&choice=reject') {
    my $r = $t->request('POST', '/_consent/', body => $two,
                headers => [ 'Content-Type' => $form,
                             'Sec-Fetch-Site' => 'same-origin' ]);
    like($r->header('Consent-State') // '', qr/basis=deny/,
         "$two: a refusal");
}


# requests of every wrong shape: a 4xx, no cookie

my @wrong = (
    [ 'no choice', body => 'x=y', type => $form ],
    [ 'an empty body', body => '', type => $form ],
    [ 'an unknown choice', body => 'choice=yes', type => $form ],
    [ 'an empty choice', body => 'choice=', type => $form ],
    [ 'choice in capitals', body => 'choice=ACCEPT', type => $form ],
    [ 'an unknown category', body => 'choice=save&category=nonsense',
      type => $form ],
    [ 'a category with a NUL', body => 'choice=save&category=analytics%00',
      type => $form ],
    [ 'a broken escape', body => 'choice=acc%zzept', type => $form ],
    [ 'an escape cut off', body => 'choice=accept%', type => $form ],
    [ 'JSON as a form', body => '{"choice":"accept"}', type => $form ],
    [ 'no type', body => 'choice=accept', type => undef, 415 => 1 ],
    [ 'JSON', body => '{"choice":"accept"}', type => 'application/json',
      415 => 1 ],
    [ 'multipart', body => "--x\r\nContent-Disposition: form-data; "
      . "name=\"choice\"\r\n\r\naccept\r\n--x--\r\n",
      type => 'multipart/form-data; boundary=x', 415 => 1 ],
    [ 'text', body => 'choice=accept', type => 'text/plain', 415 => 1 ],
    [ 'a type that only begins so', body => 'choice=accept',
      type => $form . 'x', 415 => 1 ],
    [ 'a long body', body => 'choice=accept&x=' . 'y' x 100_000,
      type => $form, 413 => 1 ],
    [ 'many fields', body => 'choice=accept' . '&a=b' x 3000,
      type => $form ],
    [ 'bytes', body => join('', map { chr } 0 .. 255), type => $form ],
);

for (@wrong) {
    my ($what, %o) = @$_;
    my @h = defined $o{type} ? ('Content-Type' => $o{type}) : ();

    for my $chunked (0, 1) {
        my $body = $o{body};
        my @more = @h;

        if ($chunked) {
            push @more, 'Transfer-Encoding' => 'chunked';
            $body = length $body
                    ? sprintf("%x\r\n%s\r\n0\r\n\r\n", length $body, $body)
                    : "0\r\n\r\n";
        }

        my $r = $t->request('POST', '/_consent/', body => $body,
                            headers => [ @more ]);
        my $name = $what . ($chunked ? ', chunked' : '');
        like($r->status, qr/^4\d\d$/, "$name: a 4xx");
        is($r->status, 415, "$name: 415") if $o{415};
        is($r->status, 413, "$name: 413") if $o{413};
        is($r->header('Set-Cookie'), undef, "$name: no cookie");
        cmp_ok(length $r->body, '<', 2000, "$name: a short text");
    }
}

for my $method (qw(PUT DELETE PATCH OPTIONS PROPFIND TRACE)) {
    my $r = $t->request($method, '/_consent/');
    is($r->status, 405, "$method: 405");
    like($r->header('Allow') // '', qr/POST/, "$method: what is allowed")
        if $method ne 'TRACE';
    is($r->header('Set-Cookie'), undef, "$method: no cookie");
}

is($t->get('/_consent/?choice=accept')->header('Set-Cookie'), undef,
   'GET never chooses');
is($t->post('/_consent/state', [ choice => 'accept' ])->status, 405,
   'a POST elsewhere: 405');
is($t->post('/', [ choice => 'accept' ])->header('Set-Cookie'), undef,
   'a POST to the site is none of ours');

# slowly, in small pieces; and in one connection with others

$r = $t->post('/_consent/', [ choice => 'accept' ], split => 11);
is($r->status, 303, 'a body in small pieces');

my $post = $t->make_request('POST', '/_consent/', keepalive => 1,
                            form => [ choice => 'reject' ]);
my $get = $t->make_request('GET', '/_consent/state', keepalive => 1);
is(join(' ', map { $_->status } $t->pipeline($post, $get, $post, $get)),
   '303 200 303 200', 'pipelined with others');

my $bad = $t->make_request('POST', '/_consent/', keepalive => 1,
                           body => 'choice=no',
                           headers => [ 'Content-Type' => $form ]);
is(join(' ', map { $_->status } $t->pipeline($bad, $get)), '400 200',
   'an error does not spoil the connection');

is($t->get('/')->status, 200, 'the site is still there');

done_testing();
