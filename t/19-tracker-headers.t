#!/usr/bin/perl

# What an upstream's headers would set off: no link, redirect, report or
# cookie of a tracker's gets to a browser before the visitor agrees, all of
# them do afterwards, and none of the others is ever touched.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

$t->file('key', 'b2' x 32 . "\n", 0600);

# answers with the header fields it is asked for, and with the cookies it got

my $answer = sub {
    my ($c, $r) = @_;

    my %q = map { /^(\w+)=(.*)$/ ? ($1 => $2) : () }
            split /[?&]/, $r->{uri};
    s/%(..)/chr hex $1/ge for values %q;

    my $got = $r->{headers}{cookie} // '-';
    my $type = $q{t} // 'text/html';
    my $body = "<!doctype html><title>t</title><p>cookies: $got\n";

    print $c join "\r\n", 'HTTP/1.1 ' . ($q{s} // 200) . ' OK',
        "Content-Type: $type", 'Content-Length: ' . length($body),
        (defined $q{h} ? split(/\n/, $q{h}) : ()), '', $body;
};

$t->upstream($answer);

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing own.test;
    consent_allow allowed.test doubleclick.net/fine;
    consent_cookies marketing my_ad promo_*;
    location / { proxy_pass http://127.0.0.1:%%PORT1%%;
                 proxy_set_header Host $http_host; }
    location /off { consent off; proxy_pass http://127.0.0.1:%%PORT1%%; }
});

my $accept = $t->choose('accept');

sub uri {
    my ($h, %q) = @_;
    s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ge for $h, values %q;
    return '/x?h=' . $h . join '', map { "&$_=$q{$_}" } sort keys %q;
}

# the fields of that name in the answer, before and after

sub fields {
    my ($name, $r) = @_;
    return [ grep { !/privacy-policy|terms-of-service/ }
             $r->headers($name) ];
}

sub taken {
    my ($field, $left, $why, %q) = @_;

    my ($name) = $field =~ /^([\w-]+):/;
    my @all = map { /^\Q$name\E:\s*(.*)$/i ? $1 : () } split /\n/, $field;

    my $r = $t->get(uri($field, %q));
    is_deeply(fields($name, $r), $left, $why);

    $r = $t->get(uri($field, %q), cookie => $accept);
    is_deeply(fields($name, $r), \@all, "$why: all of it after consent");
}

my $ga = 'https://www.google-analytics.com/analytics.js';


# Link: one link at a time

for my $rel ('preload; as=script', 'modulepreload', 'preconnect',
             'dns-prefetch', '"preconnect dns-prefetch"', 'stylesheet',
             'prefetch', 'PRELOAD; as="image"')
{
    taken("Link: <$ga>; rel=$rel", [], "Link, rel=$rel");
}

taken("Link: </a.css>; rel=preload; as=style, <$ga>; rel=preload; "
      . "as=script, <https://cdn.example/b,c.js>; rel=preload; as=script",
      [ '</a.css>; rel=preload; as=style, '
        . '<https://cdn.example/b,c.js>; rel=preload; as=script' ],
      'one of three links');

taken("Link: </a.css>; rel=preload\nLink: <$ga>; rel=preconnect",
      [ '</a.css>; rel=preload' ], 'one of two fields');

taken("Link: <data:text/css,\@import '$ga'>; rel=stylesheet, "
      . '<data:image/png,x>; rel=icon', [ '<data:image/png,x>; rel=icon' ],
      'Link to a style sheet that is in it, but no picture');
taken("Link: <//WWW.Google-Analytics.COM./x>; rel=preload", [],
      'another spelling of the host');

taken('Link: </x.png>; rel=preload; as=image; imagesrcset="/y.png 1x, '
      . 'https://www.facebook.com/tr?id=1 2x"', [],
      'a candidate of imagesrcset');

for my $keep ('</style.css>; rel=preload; as=style',
              "<$ga>; rel=next", "<$ga>; rel=license; title=\"preload\"",
              '</feed>;rel="alternate";type="application/rss+xml",</x>;'
              . 'rel=canonical',
              '<https://allowed.test/x.js>; rel=preload; as=script',
              '<https://doubleclick.net/fine/x.js>; rel=preload; as=script',
              '<https://js.stripe.com/v3/>; rel=preload; as=script',
              '<https://www.google.com/recaptcha/api.js>; rel=preload; '
              . 'as=script')
{
    taken("Link: $keep", [ $keep ], "stays as it is: Link: $keep");
}

taken("Link: <$ga>; rel=preload; as=script", [],
      'Link of what is no page', t => 'text/css');


# Refresh

taken('Refresh: 0; url=https://ad.doubleclick.net/x', [], 'Refresh');
taken('Refresh: 5;URL="https://own.test/x"', [], 'Refresh, in quotes');
taken('Refresh: 5; url=/next', [ '5; url=/next' ],
      'Refresh to a page of the site stays');
taken('Refresh: 300', [ '300' ], 'Refresh of the page itself stays');


# reports and hints

taken('NEL: {"report_to":"n","max_age":600}', [], 'NEL');
taken('Report-To: {"group":"n","endpoints":[{"url":'
      . '"https://www.google-analytics.com/r"}]}', [], 'Report-To');
taken('Reporting-Endpoints: d="https://own.test/r"', [],
      'Reporting-Endpoints');
taken('Reporting-Endpoints: d="/reports"', [ 'd="/reports"' ],
      'Reporting-Endpoints of the site stay');
taken('Accept-CH: Sec-CH-UA-Model', [], 'Accept-CH');
taken('Critical-CH: Sec-CH-UA-Model', [], 'Critical-CH');


# redirects

{
    my $to = 'https://ad.doubleclick.net/clk';
    my $r = $t->get(uri("Location: $to", s => 302),
                    headers => [ 'Sec-Fetch-Dest' => 'image' ]);
    is($r->header('Location'), undef, 'an image is not sent on to a tracker');

    $r = $t->get(uri("Location: $to", s => 302),
                 headers => [ 'Sec-Fetch-Dest' => 'document' ]);
    is($r->header('Location'), $to, 'a person who goes there is');

    $r = $t->get(uri('Location: https://own.test/x', s => 302),
                 headers => [ 'Sec-Fetch-Dest' => 'document' ]);
    like($r->header('Location') // '',
         qr{^/_consent/frame\?c=marketing&u=https%3A%2F%2Fown\.test%2Fx$},
         'but where the operator named the host a page says so first');
}


# cookies set

for my $name (qw(_ga _gid _ga_ABC123 _fbp _hjSessionUser_1 __utma _pk_id.1.a
                 Hm_lvt_1 _ym_uid IDE my_ad promo_7))
{
    taken("Set-Cookie: $name=1; Path=/", [], "Set-Cookie of a tracker: $name");
}

for my $name (qw(sessionid PHPSESSID JSESSIONID csrftoken XSRF-TOKEN
                 AWSALB cart_id lang wordpress_logged_in_1 connect.sid
                 __Host-session laravel_session unknown promo my_ad2))
{
    taken("Set-Cookie: $name=1; Path=/", [ "$name=1; Path=/" ],
          "Set-Cookie stays: $name");
}

taken("Set-Cookie: a=1\nSet-Cookie: _ga=2\nSet-Cookie: b=3",
      [ 'a=1', 'b=3' ], 'one of three cookies');


# cookies sent: hidden from the upstream, and only they

sub sees {
    my ($cookie, $want, $why, @choice) = @_;
    my $r = $t->get('/x', headers => [ Cookie => join '; ', $cookie,
                                       @choice ]);
    my ($got) = $r->body =~ /cookies: (.*)/;
    $got =~ s/(^|; )(?:__Host-)?ngx_consent=[^;]*//;
    is($got, $want, $why);
}

sees('a=1; _ga=2; sessionid=3; _fbp=4; b="5"', 'a=1; sessionid=3; b="5"',
     'the upstream does not see a tracker\'s cookies');
sees('_ga=2', '-', 'nor an empty header in their place');
sees('a=1; _ga=2', 'a=1; _ga=2', 'after consent it does', $accept);


# withdrawal: expired for the host and each domain above it

sub expired {
    my ($host) = @_;

    my $r = $t->post('/_consent/', [ choice => 'reject' ],
        headers => [ Host => $host, Cookie =>
                     "$accept; _ga=1; _fbp=2; sessionid=3; x=4" ]);
    my %gone;

    for ($r->headers('Set-Cookie')) {
        next unless /^([^=]+)=;/ || /^([^=]+)=.*Max-Age=0/i;
        my $name = $1;
        $gone{$name}{/Domain=([^;]*)/i ? $1 : ''}++;
    }

    return \%gone;
}

my $gone = expired('www.shop.example.co.uk');

is_deeply([ sort keys %$gone ], [ '_fbp', '_ga' ],
          'a withdrawal expires the trackers\' cookies and no others');
is_deeply([ sort keys %{$gone->{_ga}} ],
          [ '', 'example.co.uk', 'shop.example.co.uk',
            'www.shop.example.co.uk' ],
          'for the host and each domain above it, but no public suffix');

is_deeply([ sort keys %{expired('127.0.0.1')->{_ga} || {}} ], [ '' ],
          'for an address just so');


# off is off

is_deeply($t->get('/off?h=Link%3A%20%3Chttps%3A%2F%2Fown.test%3E%3B%20rel'
                  . '%3Dpreconnect')->header('Link'),
          '<https://own.test>; rel=preconnect',
          'consent off leaves headers alone');

done_testing();
