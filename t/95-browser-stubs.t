#!/usr/bin/perl

# What was withheld is not missed, in Chromium: functions of trackers, names of
# withheld scripts, and a choice where the browser is kept from sending it.
# See t/browser/stubs.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

my $t = Test::Consent->new;

$t->file('html/stubs.html', <<'E1');
<!doctype html><html lang=en><head><title>t</title>
<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>
<script>
window.dataLayer = window.dataLayer || [];
function gtag() { dataLayer.push(arguments) }
gtag('js', new Date()); gtag('config', 'G-1');
var oursFirst = oursFirst || [], slots = 0, conf = { a: { b: 1 } }, kind = 'x';
function showAd(id) { return document.getElementById(id).dataset.ad }
window.Mine = { ready: function () { return true } };
mobile = (/Android/.test(navigator.userAgent)) ? 1 : 0;
</script>
<script>!function(f,b,e,v,n,t,s){if(f.fbq)return;n=f.fbq=function(){n.callMethod?n.callMethod.apply(n,arguments):n.queue.push(arguments)};n.queue=[];t=b.createElement(e);t.src=v;s=b.getElementsByTagName(e)[0];s.parentNode.insertBefore(t,s)}(window,document,'script','https://connect.facebook.net/en_US/fbevents.js');fbq('init','1');</script>
<script>
// the page's own, which lives on
window.done = [];
gtag('event', 'x', { event_callback: function () { done.push('gtag') } });
fbq('track', 'AddToCart');
ga('send', 'pageview', { hitCallback: function () { done.push('ga') } });
</script>
<script src="https://www.google-analytics.com/analytics.js"></script>
<script>
ga('send', 'event', { hitCallback: function () { done.push('ga') } });
oursFirst.push(1); slots++; showAd('x'); Mine.ready().x;
</script>
<script>
if (!mobile) done.push('not mobile');
done.push(typeof showAd, typeof Mine, typeof conf, typeof kind, slots,
          Array.isArray(oursFirst), typeof mobile, '' + Mine + conf.deep);
showAd('x'); conf.any.thing.at.all(); Mine.push(1); for (const x of Mine) done.push('never');
new Mine.Thing(); Mine.list.forEach(function () { done.push('never') });
</script>
</head><body><p>text</body></html>
E1

$t->file('html/inplace.html', slurp($t->dir . '/html/stubs.html'));
$t->file('html/plain.html', '<!doctype html><html lang=en><title>t</title>'
         . '<p>nothing is withheld here');
$t->file('html/csp.html', '<!doctype html><html lang=en><title>t</title><p>x'
         . '<script src="https://www.google-analytics.com/a.js"></script>');
$t->file('html/base.html', '<!doctype html><html lang=en><head>'
         . '<base href="http://other.test/deep/"><title>t</title></head><p>x'
         . '<script src="https://www.google-analytics.com/a.js"></script>');
$t->file('key', 'c3' x 32 . "\n", 0600);

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_guard off;

    location = /inplace.html { consent_activation inplace; }
    location = /csp.html {
        add_header Content-Security-Policy "form-action 'none'";
    }
});

browser_test($t, 'stubs.mjs');

done_testing();
