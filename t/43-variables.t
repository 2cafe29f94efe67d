#!/usr/bin/perl

# $consent_... is there wherever nginx reads variables: when the request is
# rewritten, routed, cached, passed on, answered and logged.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

my $page = '<!doctype html><html><head><title>t</title></head><body>'
           . '<script src="https://tracker.test/a.js"></script>'
           . '<img src="https://tracker.test/p.gif"></body></html>';

$t->file("html/$_/index.html", $page)
    for qw(page header map if rewrite set off ssi report);
$t->file('html/ssi/index.html', 'allowed=<!--#echo var="consent_allowed" -->'
         . ' included=<!--#include virtual="/ssi/part.html" -->');
$t->file('html/ssi/part.html', '<!--#echo var="consent_basis" -->');
$t->file('secret', '0123456789abcdef' x 4 . "\n", 0600);

$t->upstream(sub {
    my ($c, $r) = @_;
    my $h = $r->{headers};
    my $body = join ' ', map { "$_=" . ($h->{"x-$_"} // '-') }
                         qw(mode basis allowed marketing gpc revision id);
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
             . "Cache-Control: max-age=60\r\nX-Time: $$-" . time . "\r\n"
             . "Content-Length: " . length($body) . "\r\n"
             . "Connection: close\r\n\r\n$body";
});

my $server = 'consent on;
    consent_secret_file %%DIR%%/secret;
    consent_revision 7;
    consent_category survey;
    consent_block marketing tracker.test;
    consent_mode $mode;

    add_header X-Server "$consent_mode $consent_basis" always;

    location /header/ {
        add_header X-Mode "$consent_mode";
        add_header X-Basis "$consent_basis";
        add_header X-Allowed "$consent_allowed";
        add_header X-Revision "$consent_revision";
        add_header X-Id "$consent_id";
        add_header X-Gpc "$consent_gpc";
        add_header X-Variant "$consent_variant";
        add_header X-Categories "$consent_necessary/$consent_functional/$consent_analytics/$consent_marketing/$consent_survey";
    }
    location /map/ { add_header X-Map "$mapped"; }
    location /if/ {
        if ($consent_marketing) { return 204; }
        add_header X-If "no";
    }
    location /rewrite/ {
        rewrite ^ /page/?basis=$consent_basis? redirect;
    }
    location /set/ { set $mine "b:$consent_basis"; add_header X-Set $mine; }
    location /return/ { return 200 "$consent_basis $consent_allowed"; }
    location /up/ {
        proxy_set_header X-Mode $consent_mode;
        proxy_set_header X-Basis $consent_basis;
        proxy_set_header X-Allowed $consent_allowed;
        proxy_set_header X-Marketing $consent_marketing;
        proxy_set_header X-Gpc $consent_gpc;
        proxy_set_header X-Revision $consent_revision;
        proxy_set_header X-Id $consent_id;
        proxy_pass http://127.0.0.1:%%PORT1%%;
    }
    location /cached/ {
        proxy_cache c;
        proxy_cache_key "$uri $consent_variant";
        proxy_pass http://127.0.0.1:%%PORT1%%;
    }
    location /off/ {
        consent off;
        add_header X-Off "[$consent_mode$consent_basis$consent_allowed$consent_marketing$consent_blocked]";
    }
    location /report/ { consent report; add_header X-Report "$consent_basis"; }
    location /ssi/ { ssi on; }
    error_page 404 /missing.html;
    location = /missing.html { return 404 "basis=$consent_basis"; }
    ';

my $http = 'log_format seen "$uri $status mode=$consent_mode '
           . 'basis=$consent_basis allowed=$consent_allowed '
           . 'blocked=$consent_blocked marketing=$consent_marketing";
    access_log %%DIR%%/logs/access.log seen;
    map $http_x_country $mode { default opt-in; us opt-out; }
    map $consent_basis $mapped { default other; grant yes; none undecided; }
    proxy_cache_path %%DIR%%/cache keys_zone=c:1m;';

$t->server($server, $http);

my ($all)  = $t->choose('accept');
my ($none) = $t->choose('reject');
my ($some) = $t->choose('save', categories => [ 'analytics' ]);
ok($all && $none && $some, 'three visitors have chosen');

# add_header

my $r = $t->get('/header/');
is($r->header('X-Mode'), 'opt-in', '$consent_mode');
is($r->header('X-Basis'), 'none', '$consent_basis');
is($r->header('X-Allowed'), 'necessary', '$consent_allowed');
is($r->header('X-Revision'), '7', '$consent_revision');
is($r->header('X-Id'), undef, '$consent_id: nobody has one before a choice');
is($r->header('X-Gpc'), undef, '$consent_gpc: no signal');
is($r->header('X-Categories'), '1////', '$consent_NAME of each category');
my $variant = $r->header('X-Variant');
like($variant, qr/^[\w.-]+$/, '$consent_variant');

$r = $t->get('/header/', cookie => $all);
is($r->header('X-Basis'), 'grant', 'after "accept all"');
is($r->header('X-Allowed'),
   'necessary,functional,analytics,marketing,survey', 'all is allowed');
is($r->header('X-Categories'), '1/1/1/1/1', 'each by its name');
like($r->header('X-Id') // '', qr/^[\w-]{16,}$/, 'a grant has an id');
isnt($r->header('X-Variant'), $variant, 'another variant');

$r = $t->get('/header/', cookie => $none);
is($r->header('X-Basis'), 'deny', 'after a refusal');
is($r->header('X-Id'), undef, 'which has no id');

$r = $t->get('/header/', cookie => $some);
is($r->header('X-Basis'), 'partial', 'after a choice in part');
is($r->header('X-Categories'), '1//1//', 'what was ticked');

$r = $t->get('/header/', headers => [ 'Sec-GPC' => '1' ]);
is($r->header('X-Gpc'), '1', '$consent_gpc');

is($t->get('/header/', headers => [ 'X-Country' => 'us' ])->header('X-Mode'),
   'opt-out', 'the mode by a map');

# map, if, rewrite, set, return

is($t->get('/map/')->header('X-Map'), 'undecided', 'in a map');
is($t->get('/map/', cookie => $all)->header('X-Map'), 'yes',
   'in a map, after a grant');
is($t->get('/if/')->header('X-If'), 'no', 'in "if", empty is no');
is($t->get('/if/', cookie => $all)->status, 204, 'and 1 is yes');
like($t->get('/rewrite/', cookie => $none)->header('Location'),
     qr/basis=deny/, 'in "rewrite"');
is($t->get('/set/', cookie => $all)->header('X-Set'), 'b:grant', 'in "set"');
is($t->get('/return/', cookie => $none)->body, 'deny necessary',
   'in "return"');
is($t->get('/nothing', cookie => $all)->body, 'basis=grant',
   'after error_page');
is($t->get('/page/', cookie => $all)->header('X-Server'), 'opt-in grant',
   'inherited from the server');

# proxy_set_header, proxy_cache_key

is($t->get('/up/')->body, 'mode=opt-in basis=none allowed=necessary '
   . 'marketing=- gpc=- revision=7 id=-', 'in proxy_set_header');
like($t->get('/up/', cookie => $all)->body,
     qr/basis=grant allowed=necessary,functional,analytics,marketing,survey marketing=1 gpc=- revision=7 id=[\w-]+$/,
     'after a grant');

my %time = map { $_ => $t->get('/cached/', cookie => $_)->header('X-Time') }
           $all, $none;
isnt($time{$all}, $time{$none}, 'in proxy_cache_key: a copy for each variant');
is($t->get('/cached/', cookie => $all)->header('X-Time'), $time{$all},
   'which is used again');
is($t->get('/cached/', cookie => $none)->header('X-Time'), $time{$none},
   'by those it is for');

# subrequests, off, report

is($t->get('/ssi/', cookie => $all)->body =~ /^allowed=(\S+) included=(\w+)/
   && "$1 $2", 'necessary,functional,analytics,marketing,survey grant',
   'in SSI, and in what is included');
is($t->get('/off/', cookie => $all)->header('X-Off'), '[]',
   'where it is off there is none');
is($t->get('/report/', cookie => $none)->header('X-Report'), 'deny',
   'under report they say what "on" would decide');

# log_format

$t->get('/page/?log');
$t->get('/page/?log', cookie => $all);
$t->stop;

my @log = grep { m{^/page/index\.html } } split /\n/,
          slurp("$t->{dir}/logs/access.log");
is($log[-2], '/page/index.html 200 mode=opt-in basis=none allowed=necessary '
   . 'blocked=2 marketing=', 'in log_format, with what was withheld');
is($log[-1], '/page/index.html 200 mode=opt-in basis=grant '
   . 'allowed=necessary,functional,analytics,marketing,survey blocked=0 '
   . 'marketing=1', 'after a grant nothing was');

# njs and Lua, where they are installed

sub with_module {
    my ($name, $conf, $http, @need) = @_;

    SKIP: {
        my @so = map { "/usr/lib/nginx/modules/$_" } @need;
        skip "$name is not installed", 2 if grep { !-e } @so;

        my $m = Test::Consent->new(modules => [ @so, '@' ]);
        $m->file('html/page/index.html', $page);
        $m->file('secret', '0123456789abcdef' x 4 . "\n", 0600);
        $m->file('t.js', 'export default { say: r => r.return(200, '
                 . 'r.variables.consent_basis + " " '
                 . '+ r.variables.consent_marketing) };');

        my $body = "consent on; consent_secret_file %%DIR%%/secret; $conf";
        my ($ok, $out) = $m->test_server($body, $http);
        skip "$name does not load here: $out", 2 if !$ok;

        $m->server($body, $http);
        my ($c) = $m->choose('accept');
        is($m->get('/script')->body, 'none ', "in $name");
        is($m->get('/script', cookie => $c)->body, 'grant 1',
           "in $name, after a grant");
    }
}

with_module('njs', 'location = /script { js_content t.say; }',
            'js_path %%DIR%%; js_import t from t.js;',
            'ngx_http_js_module.so');
with_module('Lua', 'location = /script { content_by_lua_block {
    ngx.print(ngx.var.consent_basis, " ", ngx.var.consent_marketing) } }', '',
            'ndk_http_module.so', 'ngx_http_lua_module.so');

done_testing();
