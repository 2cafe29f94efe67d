#!/usr/bin/perl

# Who may agree for a visitor: only a page of this site, seen by a person.
# Who may refuse: anybody.  And what a body may be like.

use lib 't/lib';
use Test::Consent;

use Time::HiRes qw(sleep);

my $t = Test::Consent->new;

$t->file('html/index.html', '<!doctype html><title>t</title><body><p>x'
         . '<script src="https://www.google-analytics.com/a.js"></script>');
$t->file('key', 'a1' x 32 . "\n", 0600);

my $openssl = $t->run('openssl', qw(req -x509 -newkey rsa:2048 -nodes -days 2
                      -subj /CN=localhost -keyout), "$t->{dir}/tls.key",
                      '-out', "$t->{dir}/tls.crt");
my $v = $t->run($t->binary, '-V');
my $ssl = -s "$t->{dir}/tls.crt" && $v =~ /http_ssl_module/;
my $h2 = $v =~ /http_v2_module/;

my $tls = $ssl ? 'server { listen 127.0.0.1:%%PORT2%% ssl' . ($h2 ? ' http2' : '')
    . '; server_name localhost; root %%DIR%%/html;
    ssl_certificate %%DIR%%/tls.crt; ssl_certificate_key %%DIR%%/tls.key;
    consent on; consent_secret_file %%DIR%%/key; }' : '';

my $conf = 'consent on; consent_secret_file %%DIR%%/key;
    consent_trusted_origin https://shop.example http://app.example:8080;
    client_body_buffer_size 64;
    client_body_timeout 2s;';

$t->server($conf, $tls);

my $host = 'www.site.example';
my $own = "http://$host";
my $evil = 'https://evil.example';


# R30: headers of the request; may it agree?

my @cases = (
    # by Sec-Fetch-Site, where the browser says it
    [ 1, 'same-origin', 'Sec-Fetch-Site' => 'same-origin' ],
    [ 1, 'same-origin, Origin of this site',
      'Sec-Fetch-Site' => 'same-origin', Origin => $own ],
    [ 1, 'same-origin, on a page with no-referrer',
      'Sec-Fetch-Site' => 'same-origin', Origin => 'null' ],
    [ 1, 'same-origin, behind a TLS terminator',
      'Sec-Fetch-Site' => 'same-origin', Origin => "https://$host" ],
    [ 0, 'cross-site', 'Sec-Fetch-Site' => 'cross-site' ],
    [ 0, 'cross-site, Origin of this site (forged by a proxy)',
      'Sec-Fetch-Site' => 'cross-site', Origin => $own ],
    [ 0, 'cross-site, sandboxed', 'Sec-Fetch-Site' => 'cross-site',
      Origin => 'null' ],
    [ 0, 'same-site: another host of the domain',
      'Sec-Fetch-Site' => 'same-site', Origin => 'http://other.site.example' ],
    [ 0, 'none: not from a page', 'Sec-Fetch-Site' => 'none' ],
    [ 0, 'a value that is none', 'Sec-Fetch-Site' => 'same-originx' ],
    [ 0, 'empty', 'Sec-Fetch-Site' => '' ],
    [ 0, 'a list', 'Sec-Fetch-Site' => 'cross-site, same-origin' ],

    # by Origin, where it does not
    [ 1, 'Origin of this site', Origin => $own ],
    [ 1, 'Origin of this site, TLS ended elsewhere',
      Origin => "https://$host" ],
    [ 1, 'Origin in capitals', Origin => 'HTTP://WWW.SITE.EXAMPLE' ],
    [ 0, 'another site', Origin => $evil ],
    [ 0, 'null', Origin => 'null' ],
    [ 0, 'empty Origin', Origin => '' ],
    [ 0, 'another port', Origin => "$own:81" ],
    [ 0, 'a host that it begins with', Origin => 'http://www.site' ],
    [ 0, 'no host', Origin => 'http://' ],
    [ 0, 'a longer host', Origin => "$own.evil.example" ],
    [ 0, 'a host that ends so', Origin => "http://evil$host" ],
    [ 0, 'a host before an @', Origin => "http://$host\@evil.example" ],
    [ 0, 'a path with it', Origin => "$evil/$host" ],
    [ 0, 'no scheme', Origin => $host ],
    [ 0, 'another scheme', Origin => "ftp://$host" ],
    [ 0, 'an extension', Origin => 'chrome-extension://abcdef' ],
    [ 0, 'a parent domain', Origin => 'http://site.example' ],
    [ 0, 'a space after it', Origin => "$own x" ],

    # by neither
    [ 0, 'no header to tell' ],
    [ 0, 'a Referer of this site', Referer => "$own/page" ],
    [ 0, 'X-Requested-With', 'X-Requested-With' => 'XMLHttpRequest' ],

    # trusted by the operator
    [ 1, 'a trusted origin', Origin => 'https://shop.example' ],
    [ 1, 'a trusted origin, cross-site', Origin => 'https://shop.example',
      'Sec-Fetch-Site' => 'cross-site' ],
    [ 1, 'a trusted origin with a port', Origin => 'http://app.example:8080' ],
    [ 0, 'a trusted host, another port', Origin => 'http://app.example' ],
    [ 0, 'a trusted host, another scheme', Origin => 'http://shop.example' ],
    [ 0, 'a host under a trusted one', Origin => 'https://a.shop.example' ],

    # R31: frames, and what a browser fetches ahead
    [ 1, 'a page', 'Sec-Fetch-Site' => 'same-origin',
      'Sec-Fetch-Dest' => 'document' ],
    [ 1, 'a script of the page', 'Sec-Fetch-Site' => 'same-origin',
      'Sec-Fetch-Dest' => 'empty' ],
    (map { [ 0, "inside <$_>", 'Sec-Fetch-Site' => 'same-origin',
             'Sec-Fetch-Dest' => $_ ] } qw(iframe frame embed object)),
    (map { [ 0, "as $_", 'Sec-Fetch-Site' => 'same-origin',
             'Sec-Fetch-Dest' => $_ ] }
     qw(image script style worker serviceworker nested-document)),
    [ 0, 'a trusted origin in a frame', Origin => 'https://shop.example',
      'Sec-Fetch-Dest' => 'iframe' ],
    (map { [ 0, "$_->[0]: $_->[1]", 'Sec-Fetch-Site' => 'same-origin', @$_ ] }
     [ 'Sec-Purpose' => 'prefetch' ], [ 'Sec-Purpose' => 'prefetch;prerender' ],
     [ Purpose => 'prefetch' ], [ 'X-Moz' => 'prefetch' ],
     [ 'X-Purpose' => 'preview' ]),
);

for (@cases) {
    my ($may, $what, @h) = @$_;

    my $r = $t->post('/_consent/', [ choice => 'accept' ], host => $host,
                     origin => undef, headers => \@h);
    my $named = grep /Dest|Purpose|X-Moz/, @h;
    my $n = $named ? 'R31' : 'R30';

    if ($may) {
        is($r->status, 303, "$n: $what: may agree");
        like($r->header('Set-Cookie') // '', qr/^ngx_consent=v1/,
             "$n: $what: and is remembered");
        next;
    }

    is($r->status, 403, "$n: $what: may not agree");
    is($r->header('Set-Cookie'), undef, "$n: $what: no cookie");
    like($r->body, qr/\A[A-Z].{10,}\.\n\z/, "$n: $what: is told why");

    $r = $t->post('/_consent/', [ choice => 'save', category => 'marketing' ],
                  host => $host, origin => undef, headers => \@h);
    is($r->status, 403, "$n: $what: nor in part");

    next if grep /Purpose|X-Moz/, @h;

    $r = $t->post('/_consent/', [ choice => 'reject' ], host => $host,
                  origin => undef, headers => \@h);
    is($r->status, 303, "$n: $what: may refuse");
}

for my $method (qw(GET HEAD PUT DELETE PATCH)) {
    my $r = $t->request($method, '/_consent/?choice=accept', host => $host,
                        body => 'choice=accept',
                        headers => [ 'Sec-Fetch-Site' => 'same-origin',
                                     'Content-Type' =>
                                     'application/x-www-form-urlencoded' ]);
    is($r->header('Set-Cookie'), undef, "R30: $method never chooses");
}

is($t->post('/_consent/state', [ choice => 'accept' ])->status, 405,
   'R30: POST elsewhere: 405');

# a browser of before Sec-Fetch is not led into a frame: the page says so

my $csp = join '; ', $t->get('/')->headers('Content-Security-Policy');
like($csp, qr/frame-ancestors 'self'/,
     'R31: a page that asks cannot be framed by another site');
$csp = join '; ', $t->get('/_consent/')->headers('Content-Security-Policy');
like($csp, qr/frame-ancestors 'self'/, 'R31: nor can the preference page');


# over TLS the scheme is known, and must be that of the page

SKIP: {
    skip 'no TLS here', 7 if !$ssl;

    my $post = sub {
        my @o = @_;
        return $t->run('curl', '-sk', '-o', '/dev/null', '-w',
                       '%{http_code} %{http_version}', '-d', 'choice=accept',
                       '--resolve', 'localhost:' . $t->port(2) . ':127.0.0.1',
                       (map { ('-H', $_) } @o),
                       'https://localhost:' . $t->port(2) . '/_consent/');
    };
    my $at = 'localhost:' . $t->port(2);

    like($post->("Origin: https://$at"), qr/^303/, 'R30: over TLS: this site');
    like($post->("Origin: http://$at", 'Accept: application/json'), qr/^403/,
         'R30: over TLS: the same host without, by script');
    like($post->('Origin: http://localhost.evil.example:' . $t->port(2)),
         qr/^403/, 'R30: over TLS: another host without');

    # a page without TLS whose policy is upgrade-insecure-requests

    my $again = $t->run('curl', '-sk', '-i', '-d', 'choice=accept&return=/a',
        '--resolve', "$at:127.0.0.1", '-H', "Origin: http://$at",
        '-H', 'Sec-Fetch-Site: cross-site', "https://$at/_consent/");
    like($again, qr{^HTTP/\S+ 303.*^location: /a\r$}ims,
         'R30: over TLS: a form of the same host without is led to TLS');
    unlike($again, qr/^set-cookie/im, 'R30: and has chosen nothing');
    like($post->('Sec-Fetch-Site: same-origin'), $h2 ? qr/^303 2/ : qr/^303/,
         'R33: over HTTP/2');
    like($post->('Sec-Fetch-Site: same-origin',
                 'Content-Type: application/json'), qr/^415/,
         'R33: of a type that is none, over HTTP/2');

    SKIP: {
        skip 'no HTTP/2 here', 2 if !$h2;
        my $big = $t->file('big', 'choice=accept&x=' . 'y' x 50_000);
        my $r = $t->run('curl', '-sk', '-o', '/dev/null', '-w', '%{http_code}',
            '--data-binary', "\@$big", '--resolve', "$at:127.0.0.1",
            '-H', 'Sec-Fetch-Site: same-origin', "https://$at/_consent/");
        is($r, '413', 'R33: too long, over HTTP/2');
        $r = $t->run('sh', '-c', "(printf choice=; sleep .2; printf accept) |"
            . " curl -sk -o /dev/null -w '%{http_code}' -X POST -T -"
            . " --resolve $at:127.0.0.1 -H 'Sec-Fetch-Site: same-origin'"
            . " -H 'Content-Type: application/x-www-form-urlencoded'"
            . " https://$at/_consent/");
        is($r, '303', 'R33: in pieces and with no length, over HTTP/2');
    }
}


# R33: bodies

my $form = 'application/x-www-form-urlencoded';

my @bodies = (
    [ 303, 'as a form is', 'choice=accept' ],
    [ 303, 'with fields that are not ours', 'a=1&choice=accept&b=&=&c' ],
    [ 303, 'with an escaped letter', 'choice=%61ccept' ],
    [ 303, 'with a category twice',
      'choice=save&category=marketing&category=marketing' ],
    [ 303, 'with all of them', 'choice=save&category=functional&category='
      . 'analytics&category=marketing&category=necessary' ],
    [ 303, 'at the limit', 'choice=accept&x=' . 'y' x (4096 - 16) ],
    [ 413, 'past it', 'choice=accept&x=' . 'y' x (4097 - 16) ],
    [ 413, 'a megabyte', 'choice=accept&x=' . 'y' x 1_000_000 ],
    [ 400, 'empty', '' ], [ 400, 'no choice', 'x=y' ],
    [ 400, 'an unknown choice', 'choice=yes' ],
    [ 400, 'an unknown category', 'choice=save&category=nonsense' ],
    [ 400, 'a known and an unknown one',
      'choice=save&category=marketing&category=nonsense' ],
    [ 400, 'an unknown choice beside a known one',
      'choice=accept&choice=maybe' ],
    [ 400, 'a broken escape', 'choice=acc%zzept' ],
    [ 400, 'bytes', join '', map { chr } 1 .. 255 ],
    [ 415, 'JSON', '{"choice":"accept"}', 'application/json' ],
    [ 415, 'no type', 'choice=accept', undef ],
    [ 415, 'text (what a form of another site can send unasked)',
      'choice=accept', 'text/plain' ],
    [ 415, 'multipart', "--x\r\n\r\n--x--\r\n",
      'multipart/form-data; boundary=x' ],
    [ 303, 'with a charset', 'choice=accept', "$form; charset=UTF-8" ],
    [ 303, 'its type in capitals', 'choice=accept', uc $form ],
);

for (@bodies) {
    my ($want, $what, $body, @type) = @$_;
    my $type = @type ? $type[0] : $form;
    my @h = ('Sec-Fetch-Site' => 'same-origin',
             defined $type ? ('Content-Type' => $type) : ());

    my $n = length $body;
    my @ways = (
        [ 'with its length', $body ],
        [ 'chunked', ($n ? sprintf("%x\r\n%s\r\n", $n, $body) : '')
          . "0\r\n\r\n", 'Transfer-Encoding' => 'chunked' ],
        [ 'in chunks of one byte', $n > 5000 ? undef
          : join('', map { "1\r\n$_\r\n" } split //, $body) . "0\r\n\r\n",
          'Transfer-Encoding' => 'chunked' ],
    );

    for (@ways) {
        my ($how, $raw, @more) = @$_;
        next if !defined $raw;
        my $r = $t->request('POST', '/_consent/', body => $raw,
                            headers => [ @h, @more ]);
        is($r->status, $want, "R33: $what, $how: $want");
        is(!!$r->header('Set-Cookie'), $want == 303,
           "R33: $what, $how: a cookie only for a choice");
    }
}

# what a refusal says beside "no" does not matter: it is taken

for my $body ('choice=reject&category=nonsense', 'choice=reject&choice=accept',
              'choice=accept&choice=reject', 'choice=maybe&choice=reject',
              'choice=reject&category=marketing')
{
    my $r = $t->request('POST', '/_consent/', body => $body,
                        headers => [ 'Content-Type' => $form ]);
    is($r->status . ' ' . ($r->state->{basis} // ''), '303 deny',
       "a refusal is taken: $body");
}

# slow ones

my $raw = $t->make_request('POST', '/_consent/', form => [ choice => 'accept' ],
                           headers => [ 'Sec-Fetch-Site' => 'same-origin' ]);
is($t->raw($raw, split => 1, delay => 0.001, method => 'POST')->status, 303,
   'R33: byte by byte');

{
    my $s = $t->connect;
    print $s substr($raw, 0, -4);
    my $other = $t->get('/_consent/state');
    is($other->status, 200, 'R33: who dawdles keeps nobody waiting');
    my $buf = '';
    my $r = Test::Consent::Response->read($s, \$buf, 'POST', 10);
    ok(!$r->status || $r->status == 408, 'R33: and is not waited for for ever');
    is($r->status ? $r->header('Set-Cookie') : undef, undef,
       'R33: half a choice is none');
}

{
    my $s = $t->connect;
    print $s $raw =~ s/Content-Length: \d+/Content-Length: 500/r;
    shutdown($s, 1);
    my $buf = '';
    my $r = Test::Consent::Response->read($s, \$buf, 'POST', 10);
    is($r->status ? $r->header('Set-Cookie') : undef, undef,
       'R33: one cut short is none');
}

{
    my $expect = $raw =~ s/\r\n/\r\nExpect: 100-continue\r\n/r;
    my ($head, $body) = split /(?<=\r\n\r\n)/, $expect, 2;
    my $s = $t->connect;
    print $s $head;
    my $line = <$s> // '';
    like($line, qr{^HTTP/1\.1 100 }, 'R33: Expect: 100-continue is answered');
    <$s>;
    print $s $body;
    my $buf = '';
    is(Test::Consent::Response->read($s, \$buf, 'POST', 10)->status, 303,
       'R33: and then the choice is taken');
}

# one connection: an error leaves it as it should be

my $ok = $t->make_request('POST', '/_consent/', keepalive => 1,
    form => [ choice => 'accept' ],
    headers => [ 'Sec-Fetch-Site' => 'same-origin' ]);
my $bad = $t->make_request('POST', '/_consent/', keepalive => 1,
    form => [ choice => 'accept' ], headers => [ Origin => $evil ]);
my $type = $t->make_request('POST', '/_consent/', keepalive => 1,
    body => 'choice=accept', headers => [ 'Content-Type' => 'text/plain',
    'Sec-Fetch-Site' => 'same-origin' ]);

is(join(' ', map { $_->status } $t->pipeline($bad, $ok, $type, $ok)),
   '403 303 415 303', 'R33: an error does not spoil what follows it');

done_testing();
