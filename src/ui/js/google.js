// Consent Mode v2 in its basic form: the tags that are loaded at all find the
// final state as their default.  The same for Microsoft's UET and Clarity.

const allowed = (document.currentScript.dataset.allowed || '').split(' ')
const w = window
const dl = w.dataLayer = w.dataLayer || []
const gtag = w.gtag = w.gtag || function () { dl.push(arguments) }

const signals = list => {
const yes = name => list.includes(name) ? 'granted' : 'denied'
return {
ad_storage: yes('marketing'),
ad_user_data: yes('marketing'),
ad_personalization: yes('marketing'),
analytics_storage: yes('analytics'),
functionality_storage: yes('functional'),
personalization_storage: yes('functional'),
security_storage: 'granted'
}
}

const apply = (how, list) => {
const s = signals(list)
gtag('consent', how, s)
const uet = w.uetq = w.uetq || []
uet.push('consent', how, { ad_storage: s.ad_storage })
if (how === 'update' || s.analytics_storage === 'granted') {
const clarity = w.clarity = w.clarity || function () { (clarity.q = clarity.q || []).push(arguments) }
w.clarity('consentv2', { ad_Storage: s.ad_storage, analytics_Storage: s.analytics_storage })
}
dl.push({ event: 'consent_' + how, consent: s })
}

apply('default', allowed)
document.addEventListener('consent:change', e => {
const c = e.detail.categories || {}
apply('update', Object.keys(c).filter(n => c[n]))
})
