// the demo site's own script: it is no tracker and runs with or without consent
document.getElementById('clock').textContent =
  'The site’s own script ran; the trackers did '
  + (document.querySelector('[data-consent="blocked"]') ? 'not.' : 'too.')
