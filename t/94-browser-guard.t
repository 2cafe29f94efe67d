#!/usr/bin/perl

# Trackers that other scripts add, in Chromium: each way of reaching one from
# script, with the guard, with consent_csp, and with neither.  See
# t/browser/guard.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

my $t = Test::Consent->new;
my $site = Test::Consent->root . '/t/browser/site';

for my $where (qw(off guard csp inplace tt)) {
    $t->file("html/$where/$_", slurp("$site/$_"))
        for qw(ways.html ways.js);
}

$t->file('html/guard/frame.html', "<!doctype html><title>f</title>\n"
         . "<script>parent.inner = String(document.head.innerHTML)</script>");
# documents that a javascript: URL gives: what is clicked, and the rest

my $address = 'http://www.quantserve.com/x.gif?way=%s';
my $image = "<img src=$address>";
my %leads = (
    'a link to a string' => q{<a href="javascript:'IMAGE'">x</a>},
    'a link to an attribute' =>
        q{<a id=p title="IMAGE" href="javascript:p.title">x</a>},
    'a link of SVG' => q{<p title="IMAGE" id=p><svg><a xlink:href="}
        . q{javascript:p.title"><text y=20>x</text></a></svg>},
    'a link into a frame' => q{<iframe name=f></iframe><a id=p target=f title=}
        . q{"IMAGE" href="javascript:parent.p.title">x</a>},
    'code in a frame' => q{<iframe name=f></iframe><a target=f href="}
        . q{javascript:void(new Image().src='http://www.quantserve.com/x.gif?way=%s')">x</a>},
    'a form' => q{<form id=p title="IMAGE" action="javascript:p}
        . q{.title"><button>x</button></form>},
    'a button of a form' => q{<form id=p title="IMAGE"><button formaction="}
        . q{javascript:p.title">x</button></form>},
    "a script of a frame's document in the page" => q{<iframe name="ADDRESS" }
        . q{srcdoc="<script>new Image().src=name</script>"></iframe>},
    'one in a sandbox' => q{<iframe name="ADDRESS" sandbox=allow-scripts }
        . q{srcdoc="<script>new Image().src=name</script>"></iframe>},
    'one in a document in that document' => q{<iframe srcdoc="<iframe name='}
        . q{ADDRESS' srcdoc='<script>new Image().src=name</script>'>">}
        . '</iframe>',
    'a frame, by its name' => q{<iframe src="javascript:name" name="IMAGE"></iframe>},
    'code of a frame' => q{<iframe src="javascript:void eval(name)" name=}
        . q{"new Image().src='http://www.quantserve.com/x.gif?way=%s'"></iframe>},
    "a script's frame" => q{<p id=p title="IMAGE"><script>var i = document.createElement}
        . q{('iframe'); i.src = 'javascript:parent.p.title'; document.body.append(i)</script>},
    'a frame in markup of a script' => q{<p id=p title="IMAGE"><script>document.body.}
        . q{insertAdjacentHTML('beforeend', '<iframe src="javascript:parent.p.title">')</script>},
);

# what a script leaves open, and what it writes next

my %open = (
    'half of what begins a comment' => [ '<!-', '- ', '-->' ],
    'a doctype' => [ '<!doctype', '', '>' ],
    'an instruction' => [ '<?x', '', '>' ],
    'an end tag of no element' => [ '</', '!', '>' ],
    'a CDATA section' => [ '<svg><![CDATA[', '', ']]></svg>' ],
    'a CDATA section of HTML' => [ '<![CDATA[', '', '>' ],
    'half of what begins one' => [ '<svg><![CDA', 'TA[', ']]></svg>' ],
    'noscript' => [ '<noscript>', '', '</noscript>' ],
    'a template' => [ '<template>', '</template><xmp>', '</xmp>' ],
);

for my $name (keys %open) {
    my ($first, $next, $end) = map { s/</<'+'/gr } @{ $open{$name} };
    $leads{"what is written behind $name"} = q{<p id=p title="ADDRESS"><script>}
        . "document.write('$first');document.write('$next<'+'p title=\"$end<'+"
        . q{'img src='+p.title+'>"></p>')</script>};
}

my $n = 0;
for my $name (sort keys %leads) {
    my $html = $leads{$name} =~ s/IMAGE/$image/r =~ s/ADDRESS/$address/r;
    $html =~ s/%s/$n/;
    $t->file("html/$_/lead$n.html", qq{<!doctype html><html lang=en><title>$name</title>}
             . q{<script src="http://www.quantserve.com/held.js"></script>}
             . "<body>$html") for qw(off guard);
    $n++;
}
$t->file('html/guard/links.html', q{<!doctype html><html lang=en><title>t</title>
<script src="http://www.quantserve.com/held.js"></script>
<script>var n = []; function add(x) { n.push(x); return 'gone' }</script>
<p><a href="javascript:add(1)">one</a> <a href="javascript:void(0)" onclick="add(this.href)">two</a>
<a href="javascript:add('%C3%A4%41')" onclick="n.push(this.getAttribute('href').length > 10)">three</a>
<form action="javascript:add(4)"><button>four</button></form>
<iframe id=i></iframe>
<script>i.src = "javascript:void(document.open(),document.write('<b>'+parent.add(0)+'</b>'),document.close())"</script>});
$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_zone stat:1m;

    location /off/ {
        consent off;
    }

    location /csp/ {
        consent_csp enforce;
    }

    location /tt/ {
        add_header Content-Security-Policy "require-trusted-types-for 'script'";
    }

    location /inplace/ {
        consent_activation inplace;
    }
} =~ s/consent_zone.*?;//r, 'consent_zone stat:1m;');

browser_test($t, 'guard.mjs', LEADS => $n);

done_testing();
