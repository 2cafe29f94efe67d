#!/usr/bin/perl

# Beside the other dynamic modules of Debian's nginx: it loads, nginx -t is
# quiet, and pages come through all of them right.

use lib 't/lib';
use Test::Consent;

my $dir = '/usr/lib/nginx/modules';

plan(skip_all => "another nginx than Debian's")
    if $ENV{TEST_NGINX_BINARY} || Test::Consent->module eq 'static';

my @all = grep { -f "$dir/$_" } map { "$_.so" } qw(
    ndk_http_module
    ngx_http_brotli_filter_module ngx_http_brotli_static_module
    ngx_http_subs_filter_module ngx_http_lua_module ngx_http_js_module
    ngx_http_headers_more_filter_module);

plan(skip_all => 'no other modules: make deps-test') unless @all >= 5;

my $page = '<!doctype html><html><head><title>t</title></head><body><p>Old'
           . ('<p>some text' x 200)
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . '</body></html>';

my $conf = q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_link Privacy /privacy rel=privacy-policy;
    brotli on;
    brotli_min_length 1;
    gzip on;
    gzip_min_length 1;
    sub_filter 'Old' 'New';
    sub_filter_once off;
    subs_filter 'some text' 'other text';
    more_set_headers 'X-More: 1';
    location /lua { default_type text/html;
        content_by_lua_block { ngx.say('<!doctype html><p>lua'
            .. '<img src="https://www.facebook.com/tr?id=1">') } }
    location /lua-body { alias %%DIR%%/html/; index index.html;
        header_filter_by_lua_block { ngx.header.content_length = nil }
        body_filter_by_lua_block {
            ngx.arg[1] = string.gsub(ngx.arg[1], '</body>',
                '<script src="https://static.hotjar.com/h.js"></script></body>')
        } }
    location /var { default_type text/html;
        set_by_lua_block $x { return ngx.var.consent_basis }
        return 200 "<p>$x"; }
};

# in the order of Debian's modules-enabled (ours at 60), ours first, ours last

for my $order ([ @all, '@' ], [ '@', grep { !/brotli/ } @all ]) {
    my $t = Test::Consent->new;

    $t->file('html/index.html', $page);
    $t->file('key', 'a1' x 32 . "\n", 0600);
    $t->{modules} = [ map { $_ eq '@' ? $_ : "$dir/$_" } @$order ];

    my $c = $conf;
    $c =~ s/brotli[^;]*;//g unless grep { /brotli/ } @$order;
    my $name = $order->[0] eq '@' ? 'ours first' : 'ours last';

    my ($ok, $out) = $t->test_server($c);
    ok($ok, "$name: nginx -t") or diag($out);
    is(join("\n", grep { !/syntax is ok|test is successful/ }
                  split /\n/, $out), '', "$name: is quiet");

    $t->server($c);

    my $b = $t->get('/')->body;
    like($b, qr/id="privacy-choices"/, "$name: a notice");
    like($b, qr/<p>New/, "$name: sub_filter works");
    like($b, qr/other text/, "$name: subs_filter works");
    like($b, qr/data-consent="blocked"/, "$name: a tracker withheld");

    my $r = $t->get('/', headers => [ 'Accept-Encoding' => 'gzip' ]);
    is($r->header('Content-Encoding'), 'gzip', "$name: gzip works");
    is($r->text, $b, "$name: with the same page in it");
    is($r->header('X-More'), 1, "$name: headers-more works");

    if (grep { /brotli/ } @$order) {
        $r = $t->get('/', headers => [ 'Accept-Encoding' => 'br' ]);
        is($r->header('Content-Encoding'), 'br', "$name: brotli works");
        my $page = $t->run('curl', '-sS', '--compressed', '-H',
            'Accept-Encoding: br', 'http://127.0.0.1:' . $t->port . '/');
        is($page, $b, "$name: with the same page in it") if $? == 0;
    }

    like($t->get('/lua')->body, qr{<img [^>]*data-src="https://www.facebook},
         "$name: what lua writes is gated");
    like($t->get('/lua-body/')->body, qr{data-src="https://static.hotjar},
         "$name: what lua's body filter adds is gated");
    like($t->get('/var')->body, qr/<p>none/, "$name: lua reads a variable");
}

# loaded in the wrong order: said so

my $t = Test::Consent->new(modules =>
    [ '@', "$dir/ngx_http_brotli_filter_module.so" ]);
$t->file('key', 'a1' x 32 . "\n", 0600);
my (undef, $out) = $t->test_server('consent on; brotli on;
                                    consent_secret_file %%DIR%%/key;');
like($out, qr/\[(?:warn|emerg)\].*brotli/s,
     'brotli loaded after ours: a warning that names it');

done_testing();
