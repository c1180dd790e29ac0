// Runs before the first paint: theme and language as chosen before. The page is written in Korean;
// for another language it stays hidden until its own words are there, three seconds at most. It is
// written for a visitor; where somebody was signed in, the steps wait for the answer who it is.
(function () {
  var root = document.documentElement;
  var theme = null;
  var locale = null;
  var visitors = [];
  try {
    theme = localStorage.getItem('hd.theme');
    locale = localStorage.getItem('hd.locale');
    if (localStorage.getItem('hd.seen') !== null) {
      root.dataset.seen = '';
      visitors.push('seen');
    }
  } catch {
    // Storage may be closed to us.
  }
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  if (locale !== 'ko' && locale !== 'en') {
    var known = (navigator.languages || [navigator.language])
      .map(function (language) {
        return language.toLowerCase().split('-')[0];
      })
      .find(function (language) {
        return language === 'ko' || language === 'en';
      });
    locale = known === 'ko' ? 'ko' : 'en';
  }
  if (locale !== 'ko') {
    root.lang = locale;
    root.dataset.pending = '';
    setTimeout(function () {
      delete root.dataset.pending;
    }, 3000);
  }

  if (/[#&](invite|join)=/.test(location.hash)) visitors.push('invited');

  // The program is fetched once what is written has been painted, so that neither waits for the
  // other's bytes. Where nothing is shown before the program runs, there is nothing to wait for.
  var paintWithinMs = 3000;
  var begun = false;
  function later(isWanted) {
    return Array.from(document.querySelectorAll('link[rel="later"]')).filter(isWanted);
  }
  function begin() {
    if (begun) return;
    begun = true;
    var wanted = later(function (link) {
      var words = link.dataset.words;
      var visitor = link.dataset.visitor;
      return (!words || words === locale) && (!visitor || visitors.includes(visitor));
    });
    // A few in a turn, so that on a slow phone a finger does not wait for all of them. The next
    // turn comes by a message: timers are slowed down in pages that are not seen.
    var turns = new MessageChannel();
    turns.port1.onmessage = function () {
      wanted.splice(0, 3).forEach(fetchOne);
      if (wanted.length > 0) turns.port2.postMessage(null);
      else turns.port1.close();
    };
    turns.port2.postMessage(null);
  }
  function fetchOne(link) {
    var isStarter = link.dataset.starter !== undefined;
    var element = document.createElement(isStarter ? 'script' : 'link');
    if (isStarter) element.src = link.href;
    else {
      element.rel = 'modulepreload';
      element.href = link.href;
    }
    document.head.append(element);
  }
  document.addEventListener('DOMContentLoaded', function () {
    var written = document.getElementById('app').textContent.trim() !== '';
    var shown = !document.hidden && root.dataset.pending === undefined;
    if (!written || !shown || root.dataset.seen !== undefined) {
      begin();
      return;
    }
    setTimeout(begin, paintWithinMs);
    new PerformanceObserver(function (list) {
      if (list.getEntriesByName('first-contentful-paint').length > 0) begin();
    }).observe({ type: 'paint', buffered: true });
  });
})();
